using System.Text;
using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>What an example of docs/extending.md tells an engineer to write: its code blocks, as changes of a tree.</summary>
sealed partial class ExtendingPage
{
    readonly Dictionary<string, string> _files = [];

    ExtendingPage(string page)
    {
        foreach (Match block in Fence().Matches(page))
        {
            var (language, path, text) = (block.Groups["language"].Value, block.Groups["path"].Value, block.Groups["text"].Value);
            if (language == "diff") Change(text);
            else if (path.Length > 0) Add(path, text);
        }
    }

    /// <param name="section">The heading of an example.</param>
    public static ExtendingPage Read(string section)
    {
        var sections = Repository.Read("docs", "extending.md").Split("\n## ");
        return new(sections.Single(text => text.StartsWith($"{section}\n", StringComparison.Ordinal)));
    }

    /// <summary>The text of each file that is new or changed, by its path in the tree.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    void Add(string path, string text)
    {
        if (File.Exists(Repository.PathOf(path)))
            throw new InvalidOperationException($"The page has '{path}' as a new file, but it is there.");
        _files.Add(path, text);
    }

    /// <summary>A diff without line numbers: what each hunk takes away must be in the file once.</summary>
    void Change(string diff)
    {
        var path = Target().Match(diff).Groups["path"].Value;
        var text = _files.GetValueOrDefault(path) ?? Repository.Read(path);
        foreach (var hunk in diff.Split("@@\n").Skip(1))
        {
            var lines = hunk.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var (old, replacement) = (Side(lines, '+'), Side(lines, '-'));
            if (text.Split(old).Length != 2) throw new InvalidOperationException($"'{path}' should have this once, but hasn't:\n{old}");
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        _files[path] = text;
    }

    static string Side(string[] lines, char without)
    {
        var text = new StringBuilder();
        foreach (var line in lines.Where(line => line[0] != without)) text.Append(line[1..]).Append('\n');
        return text.ToString();
    }

    [GeneratedRegex(@"^```(?<language>\w+) ?(?<path>\S*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\+\+\+ b/(?<path>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Target();
}
