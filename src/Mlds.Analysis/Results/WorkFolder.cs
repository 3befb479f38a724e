using System.Text.Json;

namespace Mlds.Analysis.Results;

/// <summary>
/// Where an analysis keeps what it has found so far, so that after an interruption, whatever it was, the same analysis does only the rest:
/// a JSON file for each step, and files of views that don't fit in memory. Files are complete or not there.
/// </summary>
/// <remarks>It has files of the names below alone, so a folder that has others too loses none of them.</remarks>
public sealed class WorkFolder : IDisposable
{
    const string Key = "key.txt";
    const string Lock = "lock";
    const string ViewExtension = ".view";

    static readonly string[] s_patterns = [Key, "*.json", "*" + ViewExtension, "*.tmp", Lock];

    readonly string? _folder;
    readonly FileStream? _lock;

    WorkFolder(string? folder, FileStream? held) => (_folder, _lock) = (folder, held);

    /// <summary>Keeps nothing.</summary>
    internal static WorkFolder None { get; } = new(null, null);

    /// <summary>Whether anything is kept.</summary>
    internal bool Keeps => _folder is not null;

    /// <summary>Opens <paramref name="folder"/>, made if it isn't there. What another analysis left in it is removed.</summary>
    /// <param name="key">Equal for analyses whose steps have equal results: no line breaks.</param>
    /// <exception cref="IOException">Another process has it open, or it can't be written.</exception>
    internal static WorkFolder Open(string? folder, string key)
    {
        if (folder is null) return None;
        Directory.CreateDirectory(folder);
        var held = Hold(folder);
        var keyFile = Path.Combine(folder, Key);
        if (!File.Exists(keyFile) || File.ReadAllText(keyFile) != key)
        {
            foreach (var file in Files(folder).Where(file => Path.GetFileName(file) != Lock)) File.Delete(file);
            WriteWhole(keyFile, path => File.WriteAllText(path, key));
        }

        return new WorkFolder(folder, held);
    }

    /// <summary>Removes what an analysis kept in <paramref name="folder"/>, and the folder if nothing else is in it.</summary>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        foreach (var file in Files(folder)) File.Delete(file);
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    /// <summary>Whether the step <paramref name="name"/> is there already.</summary>
    internal bool Has(string name) => _folder is not null && File.Exists(StepFile(name));

    /// <summary>What the step <paramref name="name"/> gave when it was done; else it is done now, and kept.</summary>
    internal T Once<T>(string name, Func<T> step)
        where T : class
    {
        if (Has(name) && Read<T>(StepFile(name)) is { } kept) return kept;
        var made = step();
        if (_folder is not null)
            WriteWhole(StepFile(name), path => File.WriteAllText(path, JsonSerializer.Serialize(made, Metrics.Options)));
        return made;
    }

    /// <summary>The file of a view; null where nothing is kept.</summary>
    internal string? ViewFile(string view) => _folder is null ? null : Path.Combine(_folder, view + ViewExtension);

    /// <summary>Writes a file beside <paramref name="path"/>, then puts it there.</summary>
    internal static void WriteWhole(string path, Action<string> write)
    {
        var temporary = path + ".tmp";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Lets another process have it; nothing is removed.</summary>
    public void Dispose() => _lock?.Dispose();

    string StepFile(string name) => Path.Combine(_folder!, name + ".json");

    /// <summary>Null for a file that can't be read: doing the step again costs time alone.</summary>
    static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Metrics.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static IEnumerable<string> Files(string folder) => s_patterns.SelectMany(pattern => Directory.GetFiles(folder, pattern)).Distinct();

    static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new IOException($"Another analysis is at work in '{folder}'; let it end, or give another --out.", exception);
        }
    }
}
