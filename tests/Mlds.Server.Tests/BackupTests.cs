using System.Security.Cryptography;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;
using Mlds.Server.Http;
using Mlds.Server.Operating;
using Mlds.Server.Project;

namespace Mlds.Server.Tests;

/// <summary>A folder that calls itself a backup has been opened, and everything in it was found.</summary>
public sealed class BackupTests
{
    static async Task<TestProject> Worked(Func<ProjectSettings, ProjectSettings>? settings = null, bool proved = true)
    {
        var project = await TestProject.Create(new LineScience(3) { Proved = proved }, settings: settings);
        await project.Start();
        await project.HasUnsent(3);
        using var ada = await Caller.Register(project, "ada");
        await ada.Call(1, 1);
        await ada.FinishAll();
        await TestProject.Until(() => project.Number("SELECT count(*) FROM result WHERE validate_state = 1") == 1, "one is valid");
        return project;
    }

    [Fact]
    public async Task What_the_settings_name_elsewhere_or_in_subfolders_is_in_the_copy()
    {
        using var elsewhere = new ScratchFolder();
        using var key = RSA.Create(2048);
        using var certificate = RealClientTests.CertificateFor(key);
        await using var project = await Worked(settings => settings with
        {
            Database = elsewhere.In("database/mlds.db"),
            CertificateFile = "tls/server.pem",
            CertificateKeyFile = elsewhere.In("server.key"),
        });
        Directory.CreateDirectory(project.Folder.In("tls"));
        File.WriteAllText(project.Folder.In("tls", "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(elsewhere.In("server.key"), key.ExportPkcs8PrivateKeyPem());
        var copy = Path.Combine(project.Scratch, "copies", "copy");
        Directory.CreateDirectory(copy + ".partial");
        File.WriteAllText(copy + ".partial/mine", "another's");

        var backup = await ProjectBackup.Copy(project.Folder, copy, project.Science.Schema);

        await project.Stop();
        Directory.Delete(project.Folder.Path, recursive: true);
        elsewhere.Dispose();
        var opened = ProjectFolder.Open(copy);
        Assert.Equal(
            ("project.db", "tls/server.pem", "certificate.key"),
            (opened.Settings.Database, opened.Settings.CertificateFile, opened.Settings.CertificateKeyFile));
        Assert.Equal(2, backup.Moved.Count);
        Assert.Empty(ProjectCheck.Run(opened, project.Science.Schema).Faults);
        Assert.NotNull(Certificate.Read(opened));
        Assert.Equal("another's", File.ReadAllText(copy + ".partial/mine"));
        Assert.Equal(["copy", "copy.partial"], Directory.GetDirectories(Path.GetDirectoryName(copy)!)
            .Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));
        await using var database = opened.OpenDatabase(project.Science.Schema);
        Assert.Equal(1, database.Read(session => session.Number("SELECT count(*) FROM account")));
    }

    [Fact]
    public async Task A_whole_project_is_found_whole_while_it_is_served_and_nothing_in_it_changes()
    {
        await using var project = await Worked(proved: false);
        var check = ProjectCheck.Run(project.Folder, project.Science.Schema);
        Assert.Empty(check.Faults);
        Assert.Equal((1, 3, 1), (check.Programs, check.Inputs, check.Uploads));
        await project.Stop();
        Assert.Empty(ProjectCheck.Run(project.Folder, project.Science.Schema).Faults);
    }

    [Fact]
    public async Task Whatever_is_missing_or_damaged_is_said_by_its_name()
    {
        await using var project = await Worked(proved: false);
        await project.Stop();
        var folder = project.Folder;
        var (program, input, upload) = (Files("download", "lines_*").First(file => !file.EndsWith(".gz", StringComparison.Ordinal)),
            Files("download", "unit_1*").Single(), Files("upload", "unit_*").Single());
        string[] Files(string where, string pattern) => Directory.GetFiles(folder.In(where), pattern, SearchOption.AllDirectories);
        void Finds(string words)
        {
            var faults = ProjectCheck.Run(folder, project.Science.Schema).Faults;
            Assert.True(
                faults.Any(fault => fault.Contains(words, StringComparison.Ordinal)), $"'{words}' isn't said: {string.Join("; ", faults)}");
        }

        void With(string file, Action harm, string words)
        {
            var before = File.ReadAllBytes(file);
            harm();
            Finds(words);
            File.WriteAllBytes(file, before);
            Assert.Empty(ProjectCheck.Run(folder, project.Science.Schema).Faults);
        }

        With(
            program, () => File.WriteAllBytes(program, [.. File.ReadAllBytes(program).Reverse()]),
            "the program lines_1.00_x86_64-pc-linux-gnu isn't as the database has it");
        With(input, () => File.Delete(input), "the input unit_1_0 isn't there");
        With(upload, () => File.Delete(upload), "a file of the result unit_");
        With(upload, () => File.WriteAllBytes(upload, [.. File.ReadAllBytes(upload).Reverse()]), "isn't as the database has it");
        var keys = folder.In("keys", "upload_public");
        With(keys, () => File.WriteAllText(keys, PrivateKey.Create().Public.Text), "aren't a pair");
        var code = folder.In("keys", "code_sign_public");
        With(code, () => File.WriteAllText(code, "no key"), "is no key in BOINC's format");
        var database = folder.In("project.db");
        With(database, () => File.Delete(database), "isn't there");
        Assert.Throws<ProjectException>(() => Deleted(database, () => folder.OpenDatabase(project.Science.Schema)));
        With(
            database, () => Execute(folder, project, "UPDATE result SET account_id = 77 WHERE account_id = 1"),
            "rows of the table result refer by account_id to what isn't there");
        With(
            database, () => Execute(folder, project, "UPDATE app_version_file SET name = '../../keys/upload_private'"),
            "leads out of the project");
        With(database, () => Overwrite(database), "database");

        File.Delete(program);
        var copy = Path.Combine(project.Scratch, "copy");
        var refused = await Assert.ThrowsAsync<ProjectException>(() => ProjectBackup.Copy(folder, copy, project.Science.Schema));
        Assert.Contains("The copy isn't whole", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(copy));
    }

    static object Deleted(string file, Func<object> work)
    {
        var before = File.ReadAllBytes(file);
        File.Delete(file);
        try
        {
            return work();
        }
        finally
        {
            File.WriteAllBytes(file, before);
        }
    }

    static void Execute(ProjectFolder folder, TestProject project, string sql)
    {
        var database = folder.OpenDatabase(project.Science.Schema);
        database.Write(session => session.Execute(sql)).GetAwaiter().GetResult();
        database.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A stretch of nonsense in the middle, as from a bad disk.</summary>
    static void Overwrite(string file)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = stream.Length / 4 / 4096 * 4096;
        var nonsense = new byte[16 * 4096];
        Array.Fill(nonsense, (byte)0xA5);
        stream.Write(nonsense);
    }
}
