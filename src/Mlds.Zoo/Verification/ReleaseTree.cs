namespace Mlds.Zoos.Verification;

/// <summary>What lies in a release's folder, found without opening anything and without following a link to a folder.</summary>
sealed class ReleaseTree
{
    readonly HashSet<string> _files = new(StringComparer.Ordinal);
    readonly SortedSet<string> _folders = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> _links = new(StringComparer.Ordinal);
    readonly SortedSet<string> _hidden = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, string> _others = new(StringComparer.Ordinal);

    ReleaseTree()
    {
    }

    /// <summary>Files and links to files, by their names relative to the folder, with forward slashes.</summary>
    public IReadOnlySet<string> Files => _files;

    public IReadOnlySet<string> Folders => _folders;

    /// <summary>Those of <see cref="Files"/> that are links, and what they say they lead to.</summary>
    public IReadOnlyDictionary<string, string> Links => _links;

    /// <summary>
    /// Files, and folders with a slash at the end, whose names begin with a dot: what hubs, git and desktops leave. Such folders aren't
    /// searched.
    /// </summary>
    public IReadOnlySet<string> Hidden => _hidden;

    /// <summary>What is neither file nor folder, and what it is: nothing of it may be opened.</summary>
    public IReadOnlyDictionary<string, string> Others => _others;

    /// <summary>Whether <paramref name="name"/> lies in something that isn't to be opened, or is it.</summary>
    public bool IsOther(string name) => _others.Keys.Any(other => name == other || name.StartsWith(other + "/", StringComparison.Ordinal));

    public static ReleaseTree Of(string folder, CancellationToken cancellation)
    {
        var tree = new ReleaseTree();
        var waiting = new Stack<string>([""]);
        while (waiting.TryPop(out var at))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                foreach (var entry in new DirectoryInfo(Path.Combine(folder, at)).EnumerateFileSystemInfos("*", s_all))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var name = at.Length == 0 ? entry.Name : $"{at}/{entry.Name}";
                    if (tree.Add(name, entry)) waiting.Push(name);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                tree._others[at.Length == 0 ? "the folder" : at] = $"can't be read: {exception.Message}";
            }
        }

        return tree;
    }

    static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <returns>Whether it is a folder to look into.</returns>
    bool Add(string name, FileSystemInfo entry)
    {
        var (kind, target) = (FileKinds.Of(entry.FullName), entry.LinkTarget);
        if (entry.Name[0] == '.')
        {
            _hidden.Add(kind is FileKind.Folder && target is null ? name + "/" : name);
        }
        else if (kind is FileKind.File)
        {
            Keep(name, target);
        }
        else if (kind is FileKind.Folder && target is null)
        {
            return _folders.Add(name);
        }
        else
        {
            _others[name] = target is null || kind is FileKind.Nothing or FileKind.Circle ? $"is {FileKinds.InWords(kind)}"
                : $"is a link to {FileKinds.InWords(kind)}, '{target}'";
        }

        return false;
    }

    void Keep(string name, string? target)
    {
        _files.Add(name);
        if (target is not null) _links[name] = target;
    }
}
