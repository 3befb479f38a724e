using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Mlds.Server.Database;

namespace Mlds.Server.Science.Official;

/// <summary>
/// The scripts that an official server's daemons call. The daemons take every exit code but 0 and 3 for "false", and so would they take a
/// missing program; so a script believes only what our program itself has said, by a word and by its code, and turns everything else into
/// "ask again later".
/// </summary>
public static partial class OfficialHookScripts
{
    const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>As words of <c>mlds hook</c>.</summary>
    public static IReadOnlyList<string> Hooks { get; } = ["init", "compare", "assimilate"];

    /// <summary>
    /// Writes the scripts into the <c>bin</c> of <paramref name="site"/>, each whole: an empty script would answer yes to everything.
    /// </summary>
    /// <exception cref="ProjectException">There are hooks of another work folder.</exception>
    public static void Write(string site, OfficialWorkFolder work)
    {
        var bin = Path.Combine(site, "bin");
        Directory.CreateDirectory(bin);
        var owners = Hooks.Select(hook => Owner(Path.Combine(bin, Name(hook))));
        if (owners.FirstOrDefault(owner => owner is not null && owner != work.Path && Directory.Exists(owner)) is { } other)
        {
            throw new ProjectException(
                $"The hooks in '{bin}' are those of the work folder '{other}'. A server has one, for any number of populations: "
                + $"give --official '{other}'.");
        }

        foreach (var hook in Hooks)
        {
            var text = Encoding.UTF8.GetBytes(Text(hook, work.Path, Program()));
            var path = Path.Combine(bin, Name(hook));
            var same = File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(text);
            if (!same) OfficialFolder.WriteWhole(path, text, Executable);
        }
    }

    public static string Name(string hook) => $"{OfficialTemplates.App}_{hook}";

    /// <param name="program">The words that start <c>mlds</c>.</param>
    public static string Text(string hook, string work, IReadOnlyList<string> program) => $$"""
        #!/bin/sh
        # Made by `mlds project work add --official`; docs/official-server.md says what it answers, and why so.
        answer=3
        trap 'exit "$answer"' EXIT HUP INT TERM
        said=$(${MLDS:-{{string.Join(' ', program.Select(Quoted))}}} hook {{hook}} --state {{Quoted(work)}} --project-dir "${0%/*}/.." "$@")
        case "$?:$said" in
        0:yes) answer=0 ;;
        1:no) answer=1 ;;
        esac

        """.ReplaceLineEndings("\n");

    /// <summary>
    /// This program, by absolute paths: a daemon's PATH is not the operator's. The runtime that runs now is preferred, since no variable is
    /// needed to find it.
    /// </summary>
    static string[] Program()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Mlds.Cli.dll");
        var starter = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        if (File.Exists(starter) && File.Exists(library)) return [starter, library];
        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, library] : [process];
    }

    static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>
    /// The work folder that a script names, in the form of this or an earlier version; null where there is no script, or not one of ours.
    /// </summary>
    static string? Owner(string script)
    {
        var match = File.Exists(script) ? State().Match(File.ReadAllText(script)) : Match.Empty;
        return match.Success ? match.Groups[1].Value.Replace(@"'\''", "'", StringComparison.Ordinal) : null;
    }

    [GeneratedRegex("""--state '(.+?)' (?:--project-dir "|"\$@")""")]
    private static partial Regex State();
}
