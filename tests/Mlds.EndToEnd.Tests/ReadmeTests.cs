using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// The README cannot lie: every command in its <c>sh</c> blocks is run, in order, in a scratch folder that sees the tree's programs and
/// files; every number of its first screen is docs/results/quickstart.json's; and that file is held to the quickstart just run. Only
/// <c>./test</c> is not run: it is what runs this.
/// </summary>
public sealed partial class ReadmeTests
{
    static readonly string s_readme = Repository.Read("README.md");
    static readonly JsonNode s_results = JsonNode.Parse(Repository.Read("docs", "results", "quickstart.json"))!;

    [Fact(Explicit = true)]
    public void Every_command_works_and_the_quickstart_gives_the_results_that_are_quoted()
    {
        using var scratch = new ScratchFolder();
        foreach (var name in new[] { "mlds", "python" }.Where(name => Path.Exists(Repository.PathOf(name))))
            File.CreateSymbolicLink(scratch.File(name), Repository.PathOf(name));
        // A copy, since `plan` writes beside a population.
        foreach (var file in Directory.GetFiles(Repository.PathOf("populations")))
            File.Copy(file, scratch.File(Path.Combine("populations", Path.GetFileName(file))));
        var commands = Commands().ToArray();
        Assert.Contains(commands, command => command.StartsWith("./mlds quickstart --out out", StringComparison.Ordinal));

        var hashes = new List<string?>();
        foreach (var command in commands)
        {
            var run = Command.Run("bash", ["-c", command], scratch.Path, TimeSpan.FromMinutes(60));
            Assert.True(run.ExitCode == 0, $"{command}\n{run.Everything}");
            if (command.Contains("train", StringComparison.Ordinal) && command.EndsWith("--json", StringComparison.Ordinal))
                hashes.Add((string?)JsonNode.Parse(run.Output)!["weights_sha256"]);
        }

        Assert.True(hashes.Count >= 2 && hashes.Distinct().Count() == 1, $"The bits differ: {string.Join(", ", hashes)}");
        AssertQuickstart(scratch.Path);
    }

    /// <summary>
    /// The weights to the bit, wherever this runs; scores to a hundredth, since they come from double arithmetic that may sum in another
    /// order.
    /// </summary>
    static void AssertQuickstart(string folder)
    {
        var zoo = Command.Run(Repository.PathOf("mlds"), ["zoo", "out/zoo", "--json"], folder, TimeSpan.FromMinutes(20));
        Assert.True(zoo.ExitCode == 0, zoo.Everything);
        Assert.Equal((string?)s_results["weights_digest"], (string?)JsonNode.Parse(zoo.Output)!["weights_digest"]);
        var headlines = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "out", "metrics.json")))!["headlines"]!;
        foreach (var name in new[] { "which_machine", "key_from_weights", "key_from_loss" })
            Assert.Equal((double)s_results[name]!["value"]!, (double)headlines[name]!["value"]!["value"]!, 0.0101);
    }

    [Fact]
    public void The_three_lines_are_those_of_the_committed_result()
    {
        var block = Regex.Match(s_readme, "```text\n(.*?)\n```", RegexOptions.Singleline).Groups[1].Value.Split('\n');

        Assert.Equal(3, block.Length);
        Assert.Equal($"Report: {s_results["report"]}", block[0]);
        Assert.Equal(Said("which_machine", share: true), Numbers(block[1]).Take(3));
        Assert.Equal(
            [.. Said("key_from_weights", share: false), .. Said("key_from_loss", share: false)],
            Numbers(block[2]).Where(number => number.Contains('.', StringComparison.Ordinal)).Take(6));
        Assert.Contains($"n = {s_results["which_machine"]!["networks"]} networks", block[1], StringComparison.Ordinal);
        Assert.Contains($"n = {s_results["key_from_weights"]!["networks"]} networks", block[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_caption_counts_what_was_trained()
    {
        string[] words =
        [
            "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve", "thirteen", "fourteen", "fifteen",
        ];
        var (networks, machines) = ((int)s_results["networks"]!, (int)s_results["machines"]!);

        Assert.Contains(
            $"{networks} networks of 4,364 weights each, {networks / machines} of each of {words[machines]} machines",
            s_readme.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains($"trains {networks} networks", s_readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_in_the_documentation_leads_somewhere()
    {
        var pages = Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Append(Repository.PathOf("benchmarks", "README.md"));
        foreach (var page in pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                Assert.True(
                    Path.Exists(target),
                    $"{Path.GetRelativePath(Repository.Root, page)} links to {link.Groups[1].Value}, which isn't there.");
            }
        }
    }

    /// <summary>
    /// The commands of the README's sh blocks, one per line, without their remarks. Those for two terminals
    /// <see cref="ReadmeVolunteersTests"/> runs.
    /// </summary>
    static IEnumerable<string> Commands() =>
        Regex.Matches(
            s_readme.Replace(ReadmeVolunteersTests.Section, "", StringComparison.Ordinal), "```sh\n(.*?)```", RegexOptions.Singleline)
            .SelectMany(block => block.Groups[1].Value.Split('\n'))
            .Select(line => line.Split(" #")[0].Trim())
            .Where(line => line.Length > 0 && line != "./test");

    /// <summary>Value, low and high as the quickstart prints them.</summary>
    static string[] Said(string headline, bool share) =>
    [
        .. new[] { "value", "low", "high" }.Select(part => (double)s_results[headline]![part]!)
            .Select(number => share
                ? (100 * number).ToString("0.0", CultureInfo.InvariantCulture)
                : number.ToString("0.000", CultureInfo.InvariantCulture)),
    ];

    static IEnumerable<string> Numbers(string line) =>
        Regex.Matches(line.Replace("95 % interval", "", StringComparison.Ordinal), "[0-9]+(\\.[0-9]+)?").Select(match => match.Value);

    /// <summary>Links to files of the tree.</summary>
    [GeneratedRegex("\\]\\((?!https?://|#|mailto:)([^)#]+)")]
    private static partial Regex Link();
}
