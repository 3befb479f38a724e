using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Mlds.Recipes;

namespace Mlds.EndToEnd.Tests;

/// <summary>
/// Follows docs/your-experiment.md: its files are written from the page, its commands run in order, its quotations looked up.
/// </summary>
public sealed class YourExperimentPageTests
{
    /// <summary>The section whose first step is NumPy's.</summary>
    const string OwnSequences = "Your own sequences";

    static readonly YourExperimentPage s_page = YourExperimentPage.Read();

    [Fact]
    public void Every_population_of_the_page_is_read_without_a_fault_and_valid_by_the_schema()
    {
        var schema = JsonSchema.FromText(Repository.Read("docs", "formats", "population.schema.json"));
        var populations = Populations().ToArray();
        Assert.True(populations.Length >= 3, "The page has an experiment, a sweep, and keys to replace.");
        foreach (var (name, text) in populations)
        {
            // Sequences from a file are there when the page is followed.
            var faults = Population.Check(text, name).Faults;
            Assert.DoesNotContain(faults, fault => !fault.Path.Contains("sequences", StringComparison.Ordinal));
            using var document = JsonDocument.Parse(text);
            Assert.True(schema.Evaluate(document.RootElement).IsValid, $"{name} isn't valid by the schema.");
        }
    }

    [Fact(Explicit = true)]
    public void The_page_goes_from_its_first_line_to_its_last_as_it_says()
    {
        using var scratch = new ScratchFolder();
        File.CreateSymbolicLink(scratch.File("mlds"), Repository.PathOf("mlds"));
        foreach (var file in s_page.Files) File.WriteAllText(scratch.File(file.Path), file.Text);
        var missing = SystemPython.Missing("numpy");
        var blocks = s_page.Blocks
            .Where(block => missing is null || (block.Language != "python" && block.Section != OwnSequences))
            .ToArray();
        var printed = "";
        foreach (var block in blocks)
        {
            if (block.Language == "python") printed = RunPython(block.Text, scratch.Path);
            if (block.Language == "sh") printed = string.Concat(block.Commands.Select(command => Run(command, scratch.Path)));
            if (block.Language == "text") Assert.Empty(block.Missing(printed));
        }

        AssertOutputs(scratch, blocks);
        AssertGap(JsonNode.Parse(File.ReadAllText(scratch.In("sweep-report/metrics.json")))!);
        if (missing is not null) Assert.Skip($"All but what NumPy does was done. {missing}");
    }

    /// <summary>The page's populations; a block without a file name replaces keys of the first.</summary>
    static IEnumerable<(string Name, string Text)> Populations()
    {
        var json = s_page.Blocks.Where(block => block.Language == "json").ToArray();
        foreach (var block in json)
        {
            var parsed = JsonNode.Parse(block.Text)!.AsObject();
            if (parsed.ContainsKey("machines")) yield return (block.Path, block.Text);
            if (block.Path.Length > 0) continue;
            var changed = JsonNode.Parse(json[0].Text)!.AsObject();
            foreach (var (key, value) in parsed) changed[key] = value?.DeepClone();
            yield return ($"{json[0].Path} with other {string.Join(", ", parsed.Select(pair => pair.Key))}", changed.ToJsonString());
        }
    }

    static string Run((string Line, int ExitCode) command, string folder)
    {
        var run = Command.Run("bash", ["-c", command.Line], folder, TimeSpan.FromMinutes(30));
        Assert.True(run.ExitCode == command.ExitCode, $"{command.Line}\n{run.Everything}");
        return $"{run.Output}\n{run.Error}\n";
    }

    /// <summary>What commands write by <c>--out</c>, <c>--zoo</c> or <c>--export</c>, and what the prose has one open.</summary>
    static void AssertOutputs(ScratchFolder scratch, IEnumerable<PageBlock> blocks)
    {
        var written = blocks.Where(block => block.Language == "sh").SelectMany(block => block.Commands)
            .Where(command => command.ExitCode == 0)
            .SelectMany(command => Regex.Matches(command.Line, "--(?:out|zoo|export) (\\S+)").Select(match => match.Groups[1].Value));
        var opened = Regex.Matches(s_page.Text, "`([a-z-]+/[a-z.]+[.](?:html|json))`").Select(match => match.Groups[1].Value);
        var named = written.Concat(opened).Distinct().ToArray();
        Assert.Contains("latch-report/report.html", named);
        foreach (var name in named) Assert.True(Path.Exists(scratch.In(name)), $"{name} isn't there.");
    }

    /// <summary>What the prose says of the sweep.</summary>
    static void AssertGap(JsonNode metrics)
    {
        var said = Regex.Matches(s_page.Text.ReplaceLineEndings(" "), "with R² ([0-9]+[.][0-9]+)").Select(match => Number(match.Groups[1]));
        var question = metrics["questions"]!.AsArray().Single(one => (string)one!["id"]! == "loss_and_gap_from_weights")!;
        var answer = (string)question["answer"]!;
        var gap = Regex.Match(answer, "Generalisation gap: R² ([0-9.]+[0-9]) .* ([0-9.]+[0-9]) from metadata");
        Assert.True(gap.Success, answer);
        foreach (var (number, found) in said.Zip([Number(gap.Groups[1]), Number(gap.Groups[2])], ValueTuple.Create))
            Assert.Equal(found, number, 0.02);
        Assert.Equal(2, said.Count());
    }

    static double Number(Group text) => double.Parse(text.Value, CultureInfo.InvariantCulture);

    static string RunPython(string code, string folder)
    {
        var run = SystemPython.Run(folder, "-c", code);
        Assert.True(run.ExitCode == 0, run.Everything);
        return run.Output;
    }
}
