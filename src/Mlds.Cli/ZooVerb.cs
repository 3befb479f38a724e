using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Cli;

/// <summary><c>mlds zoo DIR [show ID]</c>: what a zoo holds; one network in full.</summary>
static class ZooVerb
{
    static readonly Argument<string> s_folder = new("DIR") { Description = "The zoo's folder." };
    static readonly Argument<string[]> s_show = new("show ID") { Description = "Shows the network whose recipe id begins with ID: recipe, provenance, losses.", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create() =>
        new Verb("zoo", "Shows what a zoo holds, by machine and outcome; or one network in full.", "mlds zoo z", "mlds zoo z show 3fa2c1")
        {
            s_folder, s_show,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var show = run.Get(s_show);
        if (show is not ([] or ["show", _])) throw new UsageException($"After the zoo's folder comes nothing or `show ID`, not '{string.Join(' ', show)}'.");
        using var zoo = Zoo.Open(run.Get(s_folder));
        if (show is [_, var id]) ShowNetwork(run, zoo, Find(zoo, id));
        else ShowStatus(run, zoo);
        return ExitCode.Success;
    }

    static void ShowStatus(VerbRun run, Zoo zoo)
    {
        var status = zoo.Status();
        run.Output.WriteLine($"Zoo '{zoo.Folder}' of the population '{zoo.Population.Name}': {status.Networks} networks, {Terminal.Size(status.Bytes)}, made by mlds {zoo.CreatedBy}.");
        run.Output.WriteLine();
        ZooTable.Write(run.Output, status);
        run.Output.WriteLine();
        if (!run.Json) run.Output.WriteLine($"weights digest {zoo.WeightsDigest()}");
        run.PrintJson(() => ZooJson.Status(zoo, status));
    }

    static StoredNetwork Find(Zoo zoo, string id)
    {
        if (id.Length > 64 || !id.All(char.IsAsciiHexDigit)) throw new UsageException($"A recipe id is 64 hex digits, of which the first few are enough; '{id}' is not.");
        return zoo.Find(id, 3) switch
        {
            [var network] => network,
            [] => throw new FailureException($"The zoo '{zoo.Folder}' has no network whose recipe id begins with '{id}'."),
            var several => throw new UsageException($"More than one recipe id begins with '{id}', among them {string.Join(", ", several.Select(network => network.RecipeId[..Math.Min(64, id.Length + 6)]))}; give more digits."),
        };
    }

    static void ShowNetwork(VerbRun run, Zoo zoo, StoredNetwork network)
    {
        var output = run.Output;
        var history = zoo.History(network);
        void Line(string name, string value) => output.WriteLine($"{name,-16}{value}");
        Line("recipe id", network.RecipeId);
        Line("machine", $"{network.Machine}, seed {network.Seed}");
        Line("outcome", $"{OutcomeName.Of(network.Outcome).Replace('_', ' ')} after {network.Epochs} epochs");
        Line("losses", string.Create(CultureInfo.InvariantCulture, $"validation {network.ValidationLoss:g4}, training {network.TrainingLoss:g4}, long words {network.LongLoss:g4}"));
        Line("weights", $"sha256 {network.WeightsSha256}");
        var from = network.Provenance;
        Line("trained", string.Create(CultureInfo.InvariantCulture, $"by mlds {from.ProgramVersion} on {from.Host} ({from.Processor}, {from.KernelSet}), {from.CoreSeconds:0.00} core-seconds"));
        var milestones = zoo.Milestones(network);
        if (milestones.Count > 0) Line("milestones", $"{milestones.Count}, the last with chain {milestones[^1].Chain}");
        output.WriteLine();
        output.WriteLine("validation loss by epoch");
        foreach (var line in LossPlot.Draw([.. history.Select(epoch => epoch.ValidationLoss)], Terminal.Width, 12)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine("recipe");
        output.WriteLine(JsonNode.Parse(zoo.RecipeJson(network))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        run.PrintJson(() => ZooJson.Network(zoo, network));
    }
}
