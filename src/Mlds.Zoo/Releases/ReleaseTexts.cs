using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>The small files of a release: recipes.json, manifest.json. No date in them: the same zoo gives the same bytes.</summary>
static class ReleaseTexts
{
    /// <summary>The loader for Python, so that a release opens wherever there is NumPy.</summary>
    public const string LoaderFile = "mlds.py";

    /// <summary>The text of <see cref="LoaderFile"/>: python/mlds.py of the version that wrote the release.</summary>
    public static string Loader()
    {
        using var reader = new StreamReader(typeof(ReleaseTexts).Assembly.GetManifestResourceStream(LoaderFile)!);
        return reader.ReadToEnd();
    }

    /// <summary>What all networks of a machine have in common; or those of some seeds, which are then in <c>seeds</c>.</summary>
    public static JsonObject WithoutSeed(ReleasedForm form)
    {
        var json = JsonNode.Parse(form.Recipe.CanonicalJson)!.AsObject();
        json.Remove("seed");
        if (form.Seeds is { } seeds) json[Release.SeedsKey] = Array(seeds.Select(seed => (JsonNode)seed));
        return json;
    }

    public static JsonObject Manifest(ReleaseSource source, ReleasedSize size)
    {
        var (plan, options, factors) = (source.Plan, source.Options, source.Factors);
        var manifest = new JsonObject
        {
            ["format"] = "mlds-release",
            ["version"] = source.Version,
            ["dataset_version"] = options.Publication.Version,
            ["program_version"] = Provenance.Version,
            ["arithmetic_version"] = Recipe.ArithmeticVersion,
            ["license"] = source.Licence.Spdx,
            ["population"] = source.Name,
            ["population_sha256"] = source.Zoo.Population.Sha256,
            ["networks"] = plan.Networks.Count,
            ["parameters"] = source.Layout.Parameters,
            ["bytes_per_network"] = new JsonObject { ["weights"] = size.Weights, ["record"] = size.Record },
            ["network"] = JsonNode.Parse(source.Machines[0].Recipe.CanonicalJson)!["network"]!.DeepClone(),
            ["formats"] = Array(ReleaseOptions.KnownFormats.Where(options.Formats.Contains).Select(format => (JsonNode)format)),
            ["trajectories"] = options.Trajectories,
            ["training_data"] = options.TrainingData,
            ["subsets"] = Array(plan.Subsets.Select(size => (JsonNode)size)),
            ["splits"] = new JsonObject([.. Splits.Counts(plan).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]),
            ["machines"] = Array(plan.Machines.Zip(source.Machines, (share, machine) => (JsonNode)Machine(share, machine, factors))),
            ["outcomes"] = new JsonObject
            {
                ["converged"] = plan.Machines.Sum(machine => machine.Converged),
                ["not_converged"] = plan.Machines.Sum(machine => machine.NotConverged),
                ["diverged"] = plan.Machines.Sum(machine => machine.Diverged),
            },
            ["left_out"] = Array(LeftOut(source)
                .Select(left => (JsonNode)new JsonObject { ["what"] = left.What, ["count"] = left.Count, ["why"] = left.Why })),
            ["weights_digest"] = source.Digest,
        };
        // Only where the population declares them: other releases keep their bytes.
        if (factors.AreDeclared) manifest["factors"] = Factors(factors);
        if (source.Measures.Count > 0)
        {
            manifest["measures"] = Array(source.Measures
                .Select(measure => (JsonNode)new JsonObject { ["name"] = measure.Name, ["description"] = measure.Meaning }));
        }

        if (!options.Selection.IsUsual) manifest["selection"] = Selection(options.Selection);
        return manifest;
    }

    /// <summary>The declared factors; of each machine's, population.json has the values.</summary>
    public static JsonArray Factors(PopulationFactors factors) => Array(factors.Declared.Select(factor => (JsonNode)new JsonObject
    {
        ["name"] = factor.Name,
        ["kind"] = factor.KindName,
        ["description"] = factor.Description,
    }));

    static JsonObject Selection(NetworkSelection selection) => new()
    {
        ["outcomes"] = selection.AllOutcomes ? "all" : "converged",
        ["where"] = new JsonObject([.. selection.Where.Select(wanted => KeyValuePair.Create(wanted.Key, (JsonNode?)wanted.Value))]),
    };

    /// <summary>The selection that a manifest names.</summary>
    public static NetworkSelection SelectionOf(JsonNode manifest) => manifest["selection"] is not { } selection
        ? NetworkSelection.Converged
        : new NetworkSelection(
            (string?)selection["outcomes"] == "all",
            [.. selection["where"]!.AsObject().Select(wanted => KeyValuePair.Create(wanted.Key, (string)wanted.Value!))]);

    /// <summary>What the zoo has and the release has not.</summary>
    public static IEnumerable<(string What, int Count, string Why)> LeftOut(ReleaseSource source)
    {
        var machines = source.Plan.Machines;
        var selection = source.Options.Selection;
        if (!selection.AllOutcomes)
        {
            yield return ("networks that did not converge", machines.Sum(machine => machine.NotConverged),
                "a subset compares networks that learned their machine; these did not reach the goal loss within the epoch limit");
            yield return ("networks that diverged",
                machines.Sum(machine => machine.Diverged), "their loss or weights stopped being finite numbers");
        }

        yield return ($"{(selection.AllOutcomes ? "" : "converged ")}networks of higher seeds", machines.Sum(machine => machine.Higher),
            "every machine has as many as the one with the fewest, or as was asked for");
        // Only where there are some: a release of a whole population says nothing of it.
        if (machines.Any(machine => machine.Untrained > 0))
        {
            yield return ("seeds without a network, below the highest that is here",
                (int)Math.Min(int.MaxValue, machines.Sum(machine => (long)machine.Untrained)),
                "the zoo has no network of them, so a subset isn't of the lowest seeds of the population "
                + "but of the lowest that were trained");
        }

        if (source.Words.Undefined is { } undefined)
            yield return (undefined.What, source.Machines.Count(IsUndefined), undefined.Why);
        yield return ("names of the hosts that trained", 1, "they concern nobody and have no influence on the weights");
    }

    /// <summary>Whether there might have been a definition.</summary>
    static bool IsUndefined(ReleasedMachine machine) => machine.Artifacts is { Definition: null, Words.Undefined: not null };

    static JsonObject Machine(MachineShare share, ReleasedMachine machine, PopulationFactors factors)
    {
        var entry = new JsonObject
        {
            ["name"] = share.Name,
            ["released"] = share.Released,
            ["converged"] = share.Converged,
            ["not_converged"] = share.NotConverged,
            ["diverged"] = share.Diverged,
        };
        machine.Artifacts.AddTo(entry);
        if (factors.ExampleFactors.Count == 0) entry["data_sha256"] = machine.Recipe.DataSha256;
        return entry;
    }

    static JsonArray Array(IEnumerable<JsonNode> nodes) => new([.. nodes]);
}
