using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// Which folder of a project uses which, read from the sources: by their using-directives, of which the build allows no needless ones; and
/// by the names of types that need no directive, those in the folders above and those written with their namespace. A Razor component is a
/// type by its file's name; it also names types of the namespaces in the _Imports.razor of its folder and of those above.
/// </summary>
/// <param name="rootNamespace">The project's.</param>
/// <param name="files">(path from the project's folder with <c>/</c>, text).</param>
sealed partial class FolderGraph(string rootNamespace, IEnumerable<(string Path, string Text)> files)
{
    const string ImportsFile = "_Imports.razor";

    readonly Source[] _sources = [.. files.Select(
        file => new Source(file.Path, TextOrComment().Replace(file.Text, match => match.Groups["text"].Value)))];

    /// <summary>A file without its comments.</summary>
    sealed record Source(string Path, string Code)
    {
        public string Folder { get; } = System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

        public bool IsComponent { get; } = Path.EndsWith(".razor", StringComparison.Ordinal);

        public bool IsImports { get; } = System.IO.Path.GetFileName(Path) == ImportsFile;

        public string[] Usings { get; } =
            [.. UsingDirective().Matches(Code).Select(match => match.Groups[1].Value + match.Groups[2].Value)];

        public string[] Types => IsImports ? []
            : IsComponent ? [System.IO.Path.GetFileNameWithoutExtension(Path)]
            : [.. TypeDeclaration().Matches(Code).Select(match => match.Groups[1].Value)];

        /// <summary>Whether the other lies in this folder or in one below.</summary>
        public bool IsAbove(Source other) => Folder.Length == 0 || (other.Folder + "/").StartsWith(Folder + "/", StringComparison.Ordinal);
    }

    /// <summary>From using to used folder, with an example: <c>Clock.cs uses Hour</c>. The project's own folder is the empty one.</summary>
    public IReadOnlyDictionary<(string From, string To), string> Edges() => _sources.SelectMany(UsedBy)
        .GroupBy(use => (use.From, use.To)).ToDictionary(group => group.Key, group => group.First().Example);

    /// <summary>The edges that are part of a circle, one per line.</summary>
    public IReadOnlyList<string> Circles()
    {
        var edges = Edges();
        var next = edges.Keys.ToLookup(edge => edge.From, edge => edge.To);
        return [.. edges.Where(edge => Reaches(edge.Key.To, edge.Key.From))
            .Select(edge => $"{Said(edge.Key.From)} uses {Said(edge.Key.To)}: {edge.Value}")
            .Order(StringComparer.Ordinal)];

        bool Reaches(string from, string to)
        {
            var (seen, waiting) = (new HashSet<string> { from }, new Stack<string>([from]));
            while (waiting.TryPop(out var folder))
            {
                if (folder == to) return true;
                foreach (var other in next[folder].Where(seen.Add)) waiting.Push(other);
            }

            return false;
        }
    }

    /// <summary>Files whose namespace isn't their folder's, one per line.</summary>
    public IReadOnlyList<string> Astray() => [.. _sources
        .SelectMany(source => NamespaceDeclaration().Matches(source.Code).Select(match => (source, Said: match.Groups[1].Value)))
        .Where(file => file.Said != NamespaceOf(file.source.Folder))
        .Select(file => $"{file.source.Path} has the namespace {file.Said}, not {NamespaceOf(file.source.Folder)}")];

    IEnumerable<(string From, string To, string Example)> UsedBy(Source source)
    {
        if (source.IsImports) yield break; // it is used by what uses its names
        var imports = source.IsComponent
            ? _sources.Where(other => other.IsImports && other.IsAbove(source)).SelectMany(other => other.Usings).ToHashSet()
            : [];
        var names = Name().Matches(source.Code).Select(match => match.Value).ToHashSet();
        var pairs = Pair().Matches(source.Code).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var folder in _sources.GroupBy(other => other.Folder).Where(folder => folder.Key != source.Folder))
        {
            var space = NamespaceOf(folder.Key);
            var isAbove = folder.Key.Length == 0 || source.Folder.StartsWith(folder.Key + "/", StringComparison.Ordinal);
            var isImplied = isAbove || imports.Contains(space);
            var qualifier = space[(space.LastIndexOf('.') + 1)..] + ".";
            var example = source.Usings.Contains(space)
                ? $"using {space}"
                : folder.SelectMany(other => other.Types)
                    .FirstOrDefault(type => pairs.Contains(qualifier + type) || (isImplied && names.Contains(type)));
            if (example is not null) yield return (source.Folder, folder.Key, $"{source.Path} ({example})");
        }
    }

    string NamespaceOf(string folder) => folder.Length == 0 ? rootNamespace : $"{rootNamespace}.{folder.Replace('/', '.')}";

    static string Said(string folder) => folder.Length == 0 ? "the project's own folder" : folder + "/";

    [GeneratedRegex("""(?<text>"(?:\\.|[^"\\\n])*")|//.*|/\*[\s\S]*?\*/|@\*[\s\S]*?\*@""")]
    private static partial Regex TextOrComment();

    [GeneratedRegex(@"^(?:using ([\w.]+);|@using ([\w.]+)\r?$)", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    /// <summary>Types within types stand further in.</summary>
    [GeneratedRegex(@"^(?:[a-z]+ )*(?:class|struct|interface|enum|record|delegate \S+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    /// <summary>A name that stands alone, not one that is a member of what is before a dot.</summary>
    [GeneratedRegex(@"(?<![\w.])[A-Za-z]\w*")]
    private static partial Regex Name();

    /// <summary>Two names with a dot between.</summary>
    [GeneratedRegex(@"\b(?=(\w+\.\w+)\b)")]
    private static partial Regex Pair();
}
