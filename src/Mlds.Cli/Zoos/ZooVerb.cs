using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Cli.Zoos;

/// <summary><c>mlds zoo DIR</c> and what can be done with a zoo: show a network, compact, export its recipes, back it up.</summary>
static class ZooVerb
{
    static readonly Argument<string> s_folder = new("DIR") { Description = "The zoo's folder." };
    static readonly Argument<string[]> s_action = new("ACTION")
    {
        Description = "Nothing for the status; `show ID`: the network whose recipe id begins with ID, or MACHINE/SEED, in full; "
            + "`compact`: gives unused space back; `export-recipes`: every network's recipe, one line of canonical JSON each; "
            + "`backup --to FILE`: a copy, even while a writer is at work.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    static readonly Option<string?> s_to =
        new("--to") { Description = "For backup: the file to write; one called zoo.db is itself a zoo.", HelpName = "FILE" };
    static readonly Option<string?> s_out =
        new("--out") { Description = "For export-recipes: the file to write; stdout when not given.", HelpName = "FILE.jsonl" };

    public static Command Create() =>
        new Verb(
            "zoo",
            "Shows what a zoo holds, by machine and outcome; or one network in full; or compacts, exports or backs up the zoo.",
            "mlds zoo z",
            "mlds zoo z show 3fa2c1",
            "mlds zoo z show ParityMachine/7",
            "mlds zoo z backup --to copy/zoo.db",
            "mlds zoo z export-recipes --out recipes.jsonl",
            "mlds zoo z compact")
        {
            s_folder, s_action, s_to, s_out,
        }
        .Runs(Run);

    static int Run(VerbRun run)
    {
        var (folder, action) = (run.Get(s_folder), run.Get(s_action));
        if (action is not ([] or ["show", _] or ["compact"] or ["export-recipes"] or ["backup"]))
        {
            throw new UsageException(
                "After the zoo's folder comes nothing, `show ID`, `show MACHINE/SEED`, `compact`, "
                + $"`export-recipes` or `backup --to FILE`, not '{string.Join(' ', action)}'.");
        }

        if (run.Has(s_to) && action is not ["backup"])
            throw new UsageException("--to goes with `backup`, as in `mlds zoo z backup --to copy/zoo.db`.");
        if (run.Has(s_out) && action is not ["export-recipes"])
            throw new UsageException("--out goes with `export-recipes`, as in `mlds zoo z export-recipes --out recipes.jsonl`.");
        if (action is ["compact"])
        {
            ZooActions.Compact(run, folder);
            return ExitCode.Success;
        }

        using var zoo = Zoo.Open(folder);
        if (action is ["show", var id])
        {
            ShowNetwork(run, zoo, Find(zoo, id));
        }
        else if (action is ["export-recipes"])
        {
            ZooActions.ExportRecipes(run, zoo, run.Get(s_out));
        }
        else if (action is ["backup"])
        {
            ZooActions.Backup(run, zoo, run.Get(s_to)
                ?? throw new UsageException("`backup` needs --to FILE: where the copy goes, as in `mlds zoo z backup --to copy/zoo.db`."));
        }
        else
        {
            ShowStatus(run, zoo);
        }

        return ExitCode.Success;
    }

    static void ShowStatus(VerbRun run, Zoo zoo)
    {
        var status = zoo.Status();
        run.Output.WriteLine(
            $"Zoo '{zoo.Folder}' of the population '{zoo.Population.Name}': "
            + $"{status.Networks} networks, {Size(status)}, made by mlds {zoo.CreatedBy}.");
        run.Output.WriteLine();
        ZooTable.Write(run.Output, status);
        run.Output.WriteLine();
        if (AskedNetworks.Of(zoo) is { } asked) run.Output.WriteLine($"{asked}");
        if (!run.Json) run.Output.WriteLine($"weights digest {zoo.WeightsDigest()}");
        run.PrintJson(() => ZooJson.Status(zoo, status));
    }

    static string Size(ZooStatus status) => status.BytesPerNetwork is { } each
        ? string.Create(CultureInfo.InvariantCulture, $"{Terminal.Size(status.Bytes)} ({each:0} bytes per network)")
        : Terminal.Size(status.Bytes);

    static StoredNetwork Find(Zoo zoo, string id)
    {
        if (id.LastIndexOf('/') is var slash and >= 0) return Find(zoo, id[..slash], id[(slash + 1)..]);
        if (id.Length is 0 or > 64 || !id.All(char.IsAsciiHexDigit))
        {
            throw new UsageException(
                "A network is named by its recipe id, 64 hex digits of which the first few are enough, "
                + $"or by MACHINE/SEED, such as {zoo.Machines[0]}/0; '{id}' is neither.");
        }

        return zoo.Find(id, 3) switch
        {
            [var network] => network,
            [] => throw new FailureException($"The zoo '{zoo.Folder}' has no network whose recipe id begins with '{id}'."),
            var several => throw new UsageException(
                $"More than one recipe id begins with '{id}', among them "
                + $"{string.Join(", ", several.Select(network => network.RecipeId[..Math.Min(64, id.Length + 6)]))}; give more digits."),
        };
    }

    static StoredNetwork Find(Zoo zoo, string machine, string number)
    {
        if (!zoo.Machines.Contains(machine)) throw PopulationFile.UnknownMachine(machine, zoo.Machines);
        if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture,
            out var seed))
        {
            throw new UsageException($"A seed is a whole number 0 … {uint.MaxValue}, as in {machine}/7, not '{number}'.");
        }

        return zoo.Find(machine, seed) ?? throw new FailureException(
            $"The zoo '{zoo.Folder}' has no network of {machine} with seed {seed}; `mlds zoo {zoo.Folder}` says how many it has.");
    }

    static void ShowNetwork(VerbRun run, Zoo zoo, StoredNetwork network)
    {
        var output = run.Output;
        var history = zoo.History(network);
        var task = Recipe.Parse(zoo.RecipeJson(network)).Task;
        void Line(string name, string value) => output.WriteLine($"{name,-16}{value}");
        Line("recipe id", network.RecipeId);
        Line("machine", $"{network.Machine}, seed {network.Seed}");
        if (zoo.Factors.Of(network.Machine, network.Seed).Values is { Count: > 0 } factors)
            Line("factors", string.Join(", ", factors.Select(factor => $"{factor.Key} {factor.Value}")));
        Line("outcome", $"{OutcomeName.Of(network.Outcome).Replace('_', ' ')} after {network.Epochs} epochs");
        Line("losses", string.Create(
            CultureInfo.InvariantCulture,
            $"validation {network.ValidationLoss:g4}, training {network.TrainingLoss:g4}, {LongTest.Of(task)} {network.LongLoss:g4}"));
        if (network.Measures.Values.Count > 0) Line("measured", $"{network.Measures}");
        var (weights, stored) = zoo.WeightsSize(network);
        Line("weights", string.Create(
            CultureInfo.InvariantCulture, $"{weights} bytes, stored in {stored}, sha256 {network.WeightsSha256}"));
        var from = network.Provenance;
        Line("trained", string.Create(
            CultureInfo.InvariantCulture,
            $"by mlds {from.ProgramVersion} on {from.Host} ({from.Processor}, {from.KernelSet}), {from.CoreSeconds:0.00} core-seconds"));
        var milestones = zoo.Milestones(network);
        if (milestones.Count > 0) Line("milestones", $"{milestones.Count}, the last with chain {milestones[^1].Chain}");
        var kept = zoo.KeptEpochs(network);
        output.WriteLine();
        output.WriteLine("validation loss by epoch");
        foreach (var line in LossPlot.Draw([.. history.Select(epoch => epoch.ValidationLoss)], Terminal.Width, 12)) output.WriteLine(line);
        output.WriteLine();
        output.WriteLine("milestones: epoch, validation loss, SHA-256 of the weights");
        foreach (var milestone in milestones)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{milestone.Epoch,8}  {milestone.ValidationLoss,10:g4}  "
                + $"{milestone.WeightsSha256}{(kept.Contains(milestone.Epoch) ? "  checkpoint kept" : "")}"));
        }

        output.WriteLine();
        output.WriteLine("recipe");
        output.WriteLine(JsonNode.Parse(zoo.RecipeJson(network))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        run.PrintJson(() => ZooJson.Network(zoo, network));
    }
}
