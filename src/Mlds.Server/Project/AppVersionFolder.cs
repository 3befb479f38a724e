using System.Globalization;
using Mlds.Boinc.Signing;
using Mlds.Boinc.States;
using Mlds.Boinc.Tags;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// A program for one platform, as a folder <c>APP/VERSION/PLATFORM[__PLAN]/</c> of files, each with its signature beside it
/// (<c>FILE.sig</c>): BOINC's own layout. If a folder has more than one file, its <c>version.xml</c> says which is the main program and
/// what the others are called in a task's folder.
/// </summary>
public sealed record AppVersionFolder(
    string Path, string App, int Version, string Platform, string PlanClass, IReadOnlyList<AppVersionFile> Files)
{
    public const string SignatureSuffix = ".sig";

    const string Description = "version.xml";

    const int MostLevel = 1_000_000;

    /// <summary>
    /// What the program knows, as <c>program_level</c> of its version.xml says it; 1 where it says nothing, as before there were levels.
    /// Units that need more aren't sent to it.
    /// </summary>
    public int Level { get; init; } = 1;

    /// <summary>Finds the app versions in a folder, which may be that of one version or that of an app with all its versions.</summary>
    public static IReadOnlyList<AppVersionFolder> Find(string path)
    {
        if (!Directory.Exists(path)) throw new ProjectException($"There is no folder '{path}'.");
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var leaves = new List<string>();
        Leaves(full, 3, leaves);
        if (leaves.Count == 0)
        {
            throw new ProjectException(
                $"'{path}' holds no program: an app version is a folder APP/VERSION/PLATFORM[__PLAN]/ of files, "
                + "such as mlds/1.00/x86_64-pc-linux-gnu/.");
        }

        return leaves.ConvertAll(Read);
    }

    /// <summary>Its name for people: <c>mlds 1.00 for x86_64-pc-linux-gnu (fma)</c>.</summary>
    public string Title => TitleOf(App, Version, Platform, PlanClass);

    internal static string TitleOf(string app, int version, string platform, string plan) =>
        string.Create(CultureInfo.InvariantCulture, $"{app} {version / 100m:0.00} for {platform}{(plan.Length > 0 ? $" ({plan})" : "")}");

    /// <summary>
    /// Copies the folder of a version or of an app into an app's folder of this project. Signatures are left out: they may be another
    /// project's.
    /// </summary>
    public static IReadOnlyList<AppVersionFolder> Copy(string from, string appFolder)
    {
        foreach (var version in Find(from))
        {
            var parts = version.Path.Split(System.IO.Path.DirectorySeparatorChar);
            var leaf = Directory.CreateDirectory(System.IO.Path.Combine(appFolder, parts[^2], parts[^1])).FullName;
            foreach (var file in Directory.EnumerateFiles(version.Path)
                .Where(file => !file.EndsWith(SignatureSuffix, StringComparison.Ordinal)))
            {
                CopyWhole(file, System.IO.Path.Combine(leaf, System.IO.Path.GetFileName(file)));
            }
        }

        return Find(appFolder);
    }

    /// <summary>Signs every file; existing signatures are replaced.</summary>
    public void Sign(PrivateKey key)
    {
        foreach (var file in Files)
        {
            var (signature, growing) = (file.Path + SignatureSuffix, file.Path + SignatureSuffix + ".new");
            Plain(signature);
            using (var writer = new StreamWriter(new FileStream(growing, FileMode.CreateNew)))
                writer.Write(key.Sign(File.ReadAllBytes(file.Path)));
            File.Move(growing, signature, overwrite: true);
        }
    }

    static void CopyWhole(string from, string to)
    {
        try
        {
            File.Copy(from, to + ".new", overwrite: true);
            File.Move(to + ".new", to, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(to + ".new");
            throw;
        }
    }

    /// <summary>A link in a folder of programs could lead to any file of this machine, which would then be signed and published.</summary>
    static void Plain(string path)
    {
        FileSystemInfo there = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (there.LinkTarget is { } target)
        {
            throw new ProjectException(
                $"'{path}' is a link to '{target}'; a program's folder holds plain files only: put the file itself there.");
        }
    }

    static void Leaves(string folder, int depth, List<string> leaves)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder)) Plain(entry);
        if (Directory.EnumerateFiles(folder).Any())
        {
            leaves.Add(folder);
        }
        else if (depth > 0)
        {
            foreach (var inside in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)) Leaves(inside, depth - 1, leaves);
        }
    }

    static AppVersionFolder Read(string leaf)
    {
        var parts = leaf.Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3) throw new ProjectException($"'{leaf}' isn't named APP/VERSION/PLATFORM[__PLAN].");
        var (app, version) = (parts[^3], parts[^2]);
        var (platform, plan) = parts[^1].Split("__", 2) is [var first, var second] ? (first, second) : (parts[^1], "");
        if (!decimal.TryParse(version, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number is <= 0 or > 10_000
            || number * 100 % 1 != 0)
        {
            throw new ProjectException($"'{version}' in '{leaf}' is no version: a number with at most two places, such as 1.00.");
        }

        if (!FileName.IsValid(app) || !FileName.IsValid(platform))
            throw new ProjectException($"'{leaf}' isn't named APP/VERSION/PLATFORM[__PLAN] with letters, digits and . _ - only.");
        if (!PlanClasses.Known.Contains(plan))
        {
            throw new ProjectException(
                $"'{plan}' in '{leaf}' is no plan class; "
                + $"there are {string.Join(", ", PlanClasses.Known.Where(name => name.Length > 0))}, or none.");
        }

        return new(leaf, app, (int)(number * 100), platform, plan, ReadFiles(leaf)) { Level = ReadLevel(leaf) };
    }

    static int ReadLevel(string leaf)
    {
        var description = System.IO.Path.Combine(leaf, Description);
        if (!File.Exists(description)) return 1;
        var reader = new TagReader(File.ReadAllText(description), 1000);
        while (reader.Child(out _))
        {
            while (reader.Child(out var name))
            {
                if (!name.SequenceEqual("program_level"))
                {
                    reader.Skip();
                    continue;
                }

                var text = reader.Text();
                return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var level) && level is >= 1 and <= MostLevel
                    ? level
                    : throw new ProjectException(
                        $"program_level in '{description}' is a whole number from 1 to {MostLevel}, not '{text}'.");
            }
        }

        return 1;
    }

    static List<AppVersionFile> ReadFiles(string leaf)
    {
        var description = System.IO.Path.Combine(leaf, Description);
        var names = Directory.EnumerateFiles(leaf).Select(file => System.IO.Path.GetFileName(file))
            .Where(name => !name.EndsWith(SignatureSuffix, StringComparison.Ordinal) && name != Description)
            .Order(StringComparer.Ordinal).ToList();
        if (names.Find(name => !FileName.IsValid(name)) is { } wrong)
            throw new ProjectException($"'{wrong}' in '{leaf}' can't be a file's name: letters, digits and . _ - only.");
        var files = File.Exists(description)
            ? Described(leaf, File.ReadAllText(description))
            : [.. names.Select(name => new AppVersionFile(System.IO.Path.Combine(leaf, name), name, names.Count == 1))];
        if (files.Find(file => !FileName.IsValid(file.Name) || !FileName.IsValid(file.LogicalName)) is { } outside)
        {
            throw new ProjectException(
                $"version.xml in '{leaf}' names '{outside.Name}', opened as '{outside.LogicalName}': "
                + "both have to be names of letters, digits and . _ - only, of files in that folder.");
        }

        if (files.Find(file => !File.Exists(file.Path)) is { } missing)
            throw new ProjectException($"version.xml in '{leaf}' names '{missing.Name}', which isn't there.");
        if (files.Find(file => new FileInfo(file.Path).Length == 0) is { } empty)
            throw new ProjectException($"'{empty.Path}' is empty, or no plain file.");
        return files.Count(file => file.MainProgram) == 1
            ? files
            : throw new ProjectException($"'{leaf}' needs exactly one main program: with several files, version.xml says which it is.");
    }

    static List<AppVersionFile> Described(string leaf, string text)
    {
        var files = new List<AppVersionFile>();
        var reader = new TagReader(text, 1000);
        while (reader.Child(out _))
        {
            while (reader.Child(out var name))
            {
                if (!name.SequenceEqual("file"))
                {
                    reader.Skip();
                    continue;
                }

                var (physical, logical, main) = ("", "", false);
                while (reader.Child(out var part))
                {
                    switch (part)
                    {
                        case "physical_name": physical = reader.Text(); break;
                        case "logical_name": logical = reader.Text(); break;
                        case "main_program": main = reader.Flag(); break;
                        default: reader.Skip(); break;
                    }
                }

                files.Add(new(System.IO.Path.Combine(leaf, physical), logical.Length > 0 ? logical : physical, main) { Name = physical });
            }
        }

        return files;
    }
}

/// <param name="Path">The file, whose name never changes.</param>
/// <param name="LogicalName">Its name in a task's folder.</param>
public sealed record AppVersionFile(string Path, string LogicalName, bool MainProgram)
{
    /// <summary>A file as the folder, or its <c>version.xml</c>, describes it.</summary>
    public string Name { get; init; } = System.IO.Path.GetFileName(Path);

    public string? Signature =>
        File.Exists(Path + AppVersionFolder.SignatureSuffix) ? File.ReadAllText(Path + AppVersionFolder.SignatureSuffix) : null;
}
