using static Mlds.Cli.Tests.MldsCommand;

namespace Mlds.Cli.Tests.Projects;

/// <summary>
/// A project's life from the command line: making it, programs, keys, cancelling, breaks, backup; and what wrong input gets.
/// </summary>
public sealed class ProjectVerbTests : IDisposable
{
    const string Leaf = "apps/mlds/1.00/x86_64-pc-linux-gnu";

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string At(string name) => _scratch.In(name);

    static void Fails(int expected, string says, params string[] args)
    {
        var (code, _, error) = Run(args);
        Assert.Equal(expected, code);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("internal error", error, StringComparison.Ordinal);
    }

    /// <summary>A project, and a program that isn't signed yet.</summary>
    string Init()
    {
        Json("project", "init", At("p"), "--url", "http://127.0.0.1:18999/x/");
        Directory.CreateDirectory(At(Leaf));
        File.WriteAllText(At(Leaf + "/program_1.00"), "a program");
        return At("p");
    }

    string Key => At("p-signing-key/code_sign_private");

    [Fact]
    public void A_new_project_has_its_keys_apart_and_its_secrets_only_for_its_owner()
    {
        var project = Init();
        Assert.True(File.Exists(Key));
        Assert.False(File.Exists(Path.Combine(project, "keys", "code_sign_private")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key));
        Assert.Equal(0, (int)Json("project", "status", "-p", project)["unsent"]!);
        Assert.Empty(Json("project", "hosts", "-p", project)["hosts"]!.AsArray());
    }

    [Fact]
    public void A_program_is_added_once_signed_and_never_changed()
    {
        var project = Init();
        File.Move(Key, At("elsewhere"));
        Fails(1, "isn't signed", "project", "app", "add", At(Leaf), "-p", project);
        Assert.Single(Json("project", "sign", At(Leaf), "--key", At("elsewhere"))["signed"]!.AsArray());
        Assert.Single(Json("project", "app", "add", At(Leaf), "-p", project)["added"]!.AsArray());
        Assert.Empty(Json("project", "app", "add", At(Leaf), "-p", project)["added"]!.AsArray());
        File.WriteAllText(At(Leaf + "/program_1.00"), "another");
        Fails(1, "was changed after it was signed", "project", "app", "add", At(Leaf), "-p", project);
        Json("project", "sign", At(Leaf), "--key", At("elsewhere"));
        Fails(1, "a changed program needs a new name", "project", "app", "add", At(Leaf), "-p", project);
    }

    [Fact]
    public void A_recheck_says_what_it_looks_at_and_what_was_wrong()
    {
        var project = Init();
        Fails(2, "--host ID, or a POPULATION's name", "project", "recheck", "-p", project);
        Fails(2, "--host is a host's number", "project", "recheck", "--host", "0", "-p", project);
        Fails(1, "has no population yet", "project", "recheck", "--host", "3", "-p", project);
        Json("project", "work", "add", "quickstart", "--networks", "1", "-p", project);
        Fails(1, "has no population 'other'", "project", "recheck", "other", "-p", project);
        Fails(1, "There is no host 3", "project", "recheck", "--host", "3", "-p", project);
        Fails(1, "There is no release in", "project", "recheck", "quickstart", "--release", At("nowhere"), "-p", project);
        var recall = Assert.Single(Json("project", "recheck", "quickstart", "-p", project)["recalls"]!.AsArray())!;
        Assert.Equal((0, 0, "quickstart"), ((int)recall["trained"]!, recall["withdrawn"]!.AsArray().Count, (string?)recall["population"]));
        Assert.Null((string?)recall["record"]);
        Assert.Equal((string?)recall["weights_digest_before"], (string?)recall["weights_digest_after"]);
    }

    [Fact]
    public void Hosts_that_are_not_there_can_not_be_merged()
    {
        var project = Init();
        Fails(1, "There is no host 12; `mlds project hosts` lists them.", "project", "host", "merge", "12", "17", "-p", project);
        var (code, _, error) = Run("project", "host", "merge", "twelve", "17", "-p", project);
        Assert.Equal(2, code);
        Assert.Contains("twelve", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_signing_key_is_taken_only_with_the_old_ones_signature()
    {
        var project = Init();
        Json("project", "sign", "--key", Key, "--new-key", At("next"));
        Json("project", "key", At("next"), "-p", project);
        Assert.Equal(File.ReadAllText(At("next/code_sign_public")), File.ReadAllText(Path.Combine(project, "keys", "code_sign_public")));
        Json("project", "sign", "--key", Key, "--new-key", At("false")); // by the key that is the old one now
        Fails(1, "isn't signed with the present one", "project", "key", At("false"), "-p", project);
    }

    /// <summary>docs/operate.md, step by step.</summary>
    [Fact]
    public void A_change_of_the_key_names_what_is_to_be_signed_until_a_new_version_is_there()
    {
        var project = Init();
        Json("project", "app", "add", At(Leaf), "-p", project);
        Assert.Empty(Json("project", "status", "-p", project)["not_sent"]!.AsArray());
        Json("project", "sign", "--key", Key, "--new-key", At("next"));
        Assert.Equal(
            "mlds 1.00 for x86_64-pc-linux-gnu",
            Json("project", "key", At("next"), "-p", project)["not_sent"]!.AsArray().Single()!.ToString());
        Assert.Contains("mlds 1.00 for x86_64-pc-linux-gnu", Run("project", "status", "-p", project).Output, StringComparison.Ordinal);
        const string Next = "apps/mlds/1.01/x86_64-pc-linux-gnu";
        Directory.CreateDirectory(At(Next));
        File.WriteAllText(At(Next + "/program_1.01"), "a program");
        // the old key is still beside the project, and isn't used
        Fails(1, "isn't signed", "project", "app", "add", At(Next), "-p", project);
        Json("project", "sign", At("apps/mlds/1.01"), "--key", At("next/code_sign_private"));
        Json("project", "app", "add", At("apps/mlds/1.01"), "-p", project);
        Assert.Empty(Json("project", "status", "-p", project)["not_sent"]!.AsArray());
    }

    [Fact]
    public void A_copy_is_looked_at_and_what_is_missing_said()
    {
        var project = Init();
        Json("project", "app", "add", At(Leaf), "-p", project);
        Assert.True((bool)Json("project", "check", "-p", project)["whole"]!);
        Assert.True((bool)Json("project", "backup", At("copy"), "-p", project)["check"]!["whole"]!);
        Assert.Equal(1, (int)Json("project", "check", At("copy"))["programs"]!);
        File.Delete(Directory.GetFiles(At("copy/download"), "program_1.00", SearchOption.AllDirectories).Single());
        Fails(1, "isn't whole: the program program_1.00 isn't there", "project", "check", At("copy"));
        File.Delete(At("copy/project.db"));
        Fails(1, "isn't there", "project", "status", "-p", At("copy"));
        Assert.False(File.Exists(At("copy/project.db")));
    }

    [Fact]
    public void Breaks_begin_and_end_and_a_backup_is_a_project()
    {
        var project = Init();
        Assert.True((bool)Json("project", "maintenance", "on", "-p", project, "--message", "New disks")["maintenance"]!);
        Assert.False((bool)Json("project", "maintenance", "off", "-p", project)["maintenance"]!);
        Json("project", "backup", At("copy"), "-p", project);
        Assert.Equal(0, (int)Json("project", "status", "-p", At("copy"))["hosts"]!);
        Fails(1, "exists already", "project", "backup", At("copy"), "-p", project);
    }

    [Fact]
    public void Wrong_input_gets_one_sentence()
    {
        Fails(1, "There is no project in", "project", "status", "-p", At("nothing"));
        Fails(1, "There is no project in", "serve", At("nothing"));
        Fails(2, "clients take only hosts with a dot", "project", "init", At("q"), "--url", "http://localhost/x/");
        Fails(2, "has to end in a slash", "project", "init", At("q"), "--url", "http://example.org/x");
        Fails(2, "name has to be 1 to 100 letters", "project", "init", At("q"), "--name", new string('x', 101));
        Fails(2, "database has to be", "project", "init", At("q"), "--database", "Host=x;Colour=red");
        Assert.Empty(Directory.GetFileSystemEntries(_scratch.Path));
        Fails(2, "'mlds project' needs one of: ", "project");
        var project = Init();
        Fails(1, "There is a project in", "project", "init", project);
        Fails(1, "There is no unfinished work unit 'x'", "project", "cancel", "x", "-p", project);
        Fails(2, "takes on or off, not 'maybe'", "project", "maintenance", "maybe", "-p", project);
        Fails(2, "--only takes web, generator", "serve", project, "--only", "everything");
        Directory.CreateDirectory(At("empty"));
        Fails(1, "holds no program", "project", "app", "add", At("empty"), "-p", project);
        File.WriteAllText(
            Path.Combine(project, "project.json"), """{"name": "x", "master_url": "http://127.0.0.1:1/", "requset_delay": 5}""");
        Fails(1, "requset_delay", "serve", project);
        File.WriteAllText(
            Path.Combine(project, "project.json"), """{"name": "x", "master_url": "http://127.0.0.1:1/", "request_delay": 0}""");
        Fails(1, "request_delay has to be from 1 to 86400 seconds", "serve", project);
        File.WriteAllText(Path.Combine(project, "project.json"), "{");
        Fails(1, "isn't JSON", "serve", project);
    }
}
