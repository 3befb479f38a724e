using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>What docs/your-experiment.md tells a researcher to write and to type, in its order.</summary>
sealed partial class YourExperimentPage
{
    YourExperimentPage(string text)
    {
        Text = text;
        Blocks = [.. Fence().Matches(text).Select(block => new PageBlock(
            block.Groups["language"].Value, block.Groups["path"].Value, block.Groups["text"].Value,
            Heading().Matches(text[..block.Index]).LastOrDefault()?.Groups[1].Value ?? ""))];
    }

    public static YourExperimentPage Read() => new(Repository.Read("docs", "your-experiment.md"));

    public string Text { get; }

    public IReadOnlyList<PageBlock> Blocks { get; }

    /// <summary>The files that the page has one write.</summary>
    public IEnumerable<PageBlock> Files => Blocks.Where(block => block.Path.Length > 0);

    [GeneratedRegex("^## (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```(?<language>\w+) ?(?<path>\S*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
