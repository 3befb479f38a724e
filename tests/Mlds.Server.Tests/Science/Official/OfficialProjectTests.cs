using Mlds.Bundles;
using Mlds.Server.Database;
using Mlds.Server.Science;
using Mlds.Server.Science.Official;

namespace Mlds.Server.Tests.Science.Official;

/// <summary>The folder of an official server's project: what is asked of it, and how units get into it.</summary>
public sealed class OfficialProjectTests : IDisposable
{
    const string Daemons = """
        <daemons>
          <daemon><cmd>feeder -d 3</cmd></daemon>
          <daemon><cmd>script_validator --app mlds --init_script mlds_init --compare_script mlds_compare --credit_from_wu</cmd></daemon>
          <daemon><cmd>script_assimilator --app mlds --script mlds_assimilate</cmd></daemon>
        </daemons>
        """;

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    OfficialWorkFolder Work => OfficialWorkFolder.OpenOrCreate(_scratch.In("work"));

    OfficialFolder Folder => Work.Of(Small.Population);

    OfficialProject Project(string settings, string daemons = Daemons)
    {
        Directory.CreateDirectory(_scratch.In("project/bin"));
        File.WriteAllText(_scratch.In("project/config.xml"), $"<boinc><config>{settings}</config>{daemons}</boinc>");
        return OfficialProject.Open(_scratch.In("project"));
    }

    /// <summary>A program of the project that does what one of BOINC's does.</summary>
    void Program(string name, string text)
    {
        var path = _scratch.In("project/bin/" + name);
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("<one_result_per_user_per_wu>1</one_result_per_user_per_wu>", true)]
    [InlineData("<one_result_per_user_per_wu/>", true)]
    [InlineData("<one_result_per_user_per_wu> 1 </one_result_per_user_per_wu>", true)]
    [InlineData("<one_result_per_user_per_wu>0</one_result_per_user_per_wu>", false)]
    [InlineData("<one_result_per_host_per_wu>1</one_result_per_host_per_wu>", false)]
    [InlineData("", false)]
    public void A_quorum_must_be_of_different_people(string settings, bool fine)
    {
        var project = Project(settings);
        Assert.Equal(fine, project.Refusal is null);
        var hooks = new OfficialHooks(Work, 0.1, project);
        var unit = OfficialCutting.Cut(Folder, new WorkOptions(1, EpochLimit: 1, Quorum: 2))[0].Name;
        var file = _scratch.In($"{unit}_0_r1_0");
        File.WriteAllBytes(file, new Volunteer(1).Compute(Folder.Bundle(unit)!).ToBytes());
        Assert.Equal(fine ? 0 : 3, hooks.Init([file], TestContext.Current.CancellationToken).Code);
        if (!fine) Assert.Contains("one_result_per_user_per_wu", File.ReadAllText(Work.In("errors.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Units_of_many_machines_hold_no_more_machines_than_a_bundle_may()
    {
        var folder = Work.Of(Small.OfMachines(100));
        var bundles = OfficialCutting.Cut(folder, new WorkOptions(1)).Select(unit => folder.Bundle(unit.Name)!).ToList();
        Assert.Equal([Bundle.MostForms, 100 - Bundle.MostForms], bundles.Select(bundle => bundle.Networks.Count));
    }

    [Fact]
    public void A_folder_without_settings_is_no_project()
    {
        var missing = Assert.Throws<ProjectException>(() => OfficialProject.Open(_scratch.Path));
        Assert.Contains("config.xml", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(_scratch.In("config.xml"), "<boinc><config>");
        Assert.Throws<ProjectException>(() => OfficialProject.Open(_scratch.Path));
    }

    [Fact]
    public void What_the_page_demands_is_looked_at()
    {
        OfficialProject.Furnish(_scratch.In("project"), Work);
        void Says(string part, string settings, string daemons) =>
            Assert.Contains(Project(settings, daemons).Notes(), note => note.Contains(part, StringComparison.Ordinal));
        Assert.Empty(Project("").Notes());
        Says("no daemon script_validator", "", "");
        Says("lacks --credit_from_wu.", "", Daemons.Replace(" --credit_from_wu", "", StringComparison.Ordinal));
        Says("tokens", "", Daemons.Replace("mlds_assimilate", "\"mlds_assimilate wu_id files\"", StringComparison.Ordinal));
        Says("any size", "<ignore_upload_certificates>1</ignore_upload_certificates>", Daemons);
        File.WriteAllText(_scratch.In("project/plan_class_spec.xml"), "<plan_classes/>");
        Says("no plan class fma, fma_mac", "", Daemons);
        Build("x86_64-pc-linux-gnu__fma", "program");
        OfficialApps.Copy(_scratch.In("project"), _scratch.In("builds/1.00"));
        Says("update_versions", "", Daemons);
    }

    void Build(string platform, string text)
    {
        Directory.CreateDirectory(_scratch.In("builds/1.00/" + platform));
        File.WriteAllText(_scratch.In($"builds/1.00/{platform}/mlds-worker_1.00_{platform}"), text);
        File.WriteAllText(_scratch.In($"builds/1.00/{platform}/version.xml"), "<version/>");
    }

    [Fact]
    public void Programs_keep_their_plan_classes_and_a_version_its_bytes()
    {
        Build("x86_64-pc-linux-gnu__fma", "one");
        Build("x86_64-apple-darwin__fma", "two");
        Build("arm64-apple-darwin", "three");
        string[] Copied() => [.. OfficialApps.Copy(_scratch.In("project"), _scratch.In("builds/1.00"))];
        Assert.Equal(["arm64-apple-darwin", "x86_64-apple-darwin__fma_mac", "x86_64-pc-linux-gnu__fma"], Copied());
        string Text(string file) => File.ReadAllText(_scratch.In("project/apps/mlds/1.00/" + file));
        Assert.Equal("two", Text("x86_64-apple-darwin__fma_mac/mlds-worker_1.00_x86_64-apple-darwin__fma"));
        Copied();
        Build("arm64-apple-darwin", "another");
        Assert.Contains("needs a new version", Assert.Throws<ProjectException>(Copied).Message, StringComparison.Ordinal);
        Assert.Equal("three", Text("arm64-apple-darwin/mlds-worker_1.00_arm64-apple-darwin"));
    }

    [Fact]
    public void A_unit_is_out_only_when_the_server_took_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Official servers run on Unix.");
        var project = Project("");
        var unit = OfficialCutting.Cut(Folder, new WorkOptions(1, EpochLimit: 1, Quorum: 2))[0];
        ProjectException Refused() => Assert.Throws<ProjectException>(() => project.Create(Folder, unit, 2));
        Assert.Contains("can't be started", Refused().Message, StringComparison.Ordinal);
        Program("dir_hier_path", "mkdir -p download/3f; echo $PWD/download/3f/$1");
        Program("create_work", "echo 'create_work: fopen() failed' >&2; exit 1");
        Assert.Contains("fopen() failed", Refused().Message, StringComparison.Ordinal);
        Assert.Equal([unit.Name], Folder.Staged());
        Program("create_work", "echo \"$*\" > said");
        project.Create(Folder, unit, 2);
        Assert.Empty(Folder.Staged());
        Assert.Equal($"--appname mlds {string.Join(' ', unit.Words(2))}\n", File.ReadAllText(_scratch.In("project/said")));
        Assert.Equal(Folder.Bundle(unit.Name)!.Bytes.ToArray(), File.ReadAllBytes(_scratch.In($"project/download/3f/{unit.Name}.bundle")));
    }

    [Fact]
    public void A_unit_that_was_made_before_a_run_was_stopped_is_not_made_again_and_no_file_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Official servers run on Unix.");
        var project = Project("");
        var unit = OfficialCutting.Cut(Folder, new WorkOptions(1, EpochLimit: 1, Quorum: 2))[0];
        Program("dir_hier_path", "mkdir -p download; echo $PWD/download/$1");
        Program("create_work", $"echo \"Database error: Duplicate entry '{unit.Name}' for key 'name'\" >&2; exit 1");
        Directory.CreateDirectory(_scratch.In("project/download"));
        File.WriteAllText(_scratch.In($"project/download/{unit.Name}.bundle"), "another's");
        var refused = Assert.Throws<ProjectException>(() => project.Create(Folder, unit, 2));
        Assert.Contains("another file", refused.Message, StringComparison.Ordinal);
        Assert.Equal("another's", File.ReadAllText(_scratch.In($"project/download/{unit.Name}.bundle")));
        File.Delete(_scratch.In($"project/download/{unit.Name}.bundle"));
        project.Create(Folder, unit, 2);
        Assert.Empty(Folder.Staged());
    }
}
