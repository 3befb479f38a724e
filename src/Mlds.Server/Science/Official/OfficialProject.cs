using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Mlds.Server.Database;

namespace Mlds.Server.Science.Official;

/// <summary>
/// The folder of an official server's project, as its make_project lays it out: config.xml, bin, templates, apps, download.
/// </summary>
public sealed partial class OfficialProject
{
    readonly XElement _settings;

    OfficialProject(string path, XElement settings) => (Path, _settings) = (path, settings);

    public string Path { get; }

    /// <exception cref="ProjectException">There is no config.xml, or none that can be read.</exception>
    public static OfficialProject Open(string path)
    {
        var file = System.IO.Path.Combine(path, "config.xml");
        try
        {
            return new OfficialProject(System.IO.Path.GetFullPath(path), XDocument.Load(file).Root!);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or XmlException)
        {
            throw new ProjectException(
                $"'{path}' is no folder of an official server's project: its config.xml can't be read ({problem.Message}).", problem);
        }
    }

    /// <summary>Why this server's results can't be trusted, or null.</summary>
    public string? Refusal => IsOn("one_result_per_user_per_wu")
        ? null
        : $"'{System.IO.Path.Combine(Path, "config.xml")}' must say <one_result_per_user_per_wu>1</one_result_per_user_per_wu>; "
            + "make_project writes 0, and then the two results of a quorum may come from one person, or one computer.";

    /// <summary>What the operator still has to do, one sentence each.</summary>
    public IReadOnlyList<string> Notes()
    {
        var notes = new List<string>();
        Daemon(notes, "script_validator", ["--init_script mlds_init", "--compare_script mlds_compare", "--credit_from_wu"]);
        Daemon(notes, "script_assimilator", ["--script mlds_assimilate"]);
        if (IsOn("ignore_upload_certificates"))
            notes.Add("config.xml has <ignore_upload_certificates>1, as make_project writes it: anybody may upload files of any size.");
        if (OfficialApps.Unregistered(Path) is [var first, ..])
            notes.Add($"bin/update_versions hasn't been run since '{first}' came.");
        var classes = System.IO.Path.Combine(Path, "plan_class_spec.xml");
        var known = File.Exists(classes) ? File.ReadAllText(classes) : "";
        var lacking = OfficialTemplates.PlanClasses.Where(name => !Regex.IsMatch(known, $@"<name>\s*{name}\s*</name>")).ToList();
        if (lacking.Count > 0)
            notes.Add($"'{classes}' has no plan class {string.Join(", ", lacking)}: docs/official-server.md has them.");
        return notes;
    }

    /// <summary>Installs hooks and templates, and plan classes where the project has none.</summary>
    /// <param name="site">The project's folder, or one that is laid out like it.</param>
    public static void Furnish(string site, OfficialWorkFolder work)
    {
        OfficialHookScripts.Write(site, work);
        Put(OfficialTemplates.Input, OfficialTemplates.InputText);
        Put(OfficialTemplates.Output, OfficialTemplates.OutputText);
        if (!File.Exists(System.IO.Path.Combine(site, "plan_class_spec.xml"))) Put("plan_class_spec.xml", OfficialTemplates.PlanClassText);

        void Put(string name, string text)
        {
            var path = System.IO.Path.Combine(site, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            OfficialFolder.WriteWhole(path, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));
        }
    }

    /// <summary>Gives a staged unit to the server.</summary>
    /// <exception cref="ProjectException">The server refused; the unit stays staged.</exception>
    public void Create(OfficialFolder folder, OfficialUnit unit, int quorum)
    {
        var (code, path, trouble) = Run("dir_hier_path", unit.Name + ".bundle");
        if (code != 0 || path.Length == 0) throw Refused("dir_hier_path", unit, trouble + path);
        Stage(folder.Staged(unit.Name), path.Trim());
        (code, var said, trouble) = Run("create_work", ["--appname", OfficialTemplates.App, .. unit.Words(quorum)]);

        // A run that was stopped between making the unit and noting it has made it already.
        if (code != 0 && !(said + trouble).Contains("Duplicate entry", StringComparison.Ordinal))
            throw Refused("create_work", unit, trouble + said);
        folder.Issued(unit.Name);
    }

    /// <summary>Copies a bundle into the server's download folder.</summary>
    static void Stage(string file, string target)
    {
        var bytes = File.ReadAllBytes(file);
        if (!File.Exists(target)) OfficialFolder.WriteWhole(target, bytes);
        else if (!File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
            throw new ProjectException($"The server has another file '{target}': it is left as it is, and '{file}' can't take its name.");
    }

    (int Code, string Output, string Error) Run(string program, params IReadOnlyList<string> words)
    {
        var path = System.IO.Path.Combine(Path, "bin", program);
        try
        {
            var start = new ProcessStartInfo(path, words) { WorkingDirectory = Path };
            (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception problem)
        {
            throw new ProjectException($"'{path}' can't be started: {problem.Message}.", problem);
        }
    }

    static ProjectException Refused(string program, OfficialUnit unit, string said) => new(
        $"{program} didn't take {unit.Name}: {string.Join(' ', said.Split(['\n', ' '], StringSplitOptions.RemoveEmptyEntries))} "
        + "Nothing is lost: the same command again goes on with this unit.");

    /// <summary>Whether a setting is on, as BOINC reads it: present and empty, or a number other than 0.</summary>
    bool IsOn(string name) => _settings.Element("config")?.Elements(name).LastOrDefault()?.Value.Trim() is { } text
        && (text.Length == 0 || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number != 0));

    /// <summary>
    /// Checks the line of one daemon. Servers since July 2025 give a script no arguments at all when its line names tokens after it.
    /// </summary>
    void Daemon(List<string> notes, string program, string[] words)
    {
        var lines = _settings.Element("daemons")?.Elements("daemon").Select(daemon => daemon.Element("cmd")?.Value ?? "").ToList() ?? [];
        if (lines.Find(line => line.Contains(program, StringComparison.Ordinal) && App().IsMatch(line)) is not { } line)
        {
            notes.Add($"config.xml has no daemon {program} for the app {OfficialTemplates.App}: docs/official-server.md has its line.");
            return;
        }

        if (ScriptWithTokens().IsMatch(line)) notes.Add($"config.xml: the line of {program} names tokens after a script; leave them out.");
        line = line.Replace("\"", "", StringComparison.Ordinal);
        var lacking = words.Where(word => !line.Contains(word, StringComparison.Ordinal));
        notes.AddRange(lacking.Select(word => $"config.xml: the line of {program} lacks {word}."));
    }

    [GeneratedRegex("--?app mlds\\b")]
    private static partial Regex App();

    [GeneratedRegex("script \"?mlds_[a-z]+ +[^-\" ]")]
    private static partial Regex ScriptWithTokens();
}
