using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>
/// What a release says of itself as a whole: manifest, layout, population, nested and balanced subsets, splits without leaks.
/// </summary>
sealed class ReleaseChecks(Release release, ReleaseTable table, VerificationLog log)
{
    const string Manifest = "manifest.json";

    string At(string name) => Path.Combine(release.Folder, name);

    public void Check()
    {
        log.Begin(Checks.Population, "manifest, layout, population and recipes belong together");
        log.Begin(
            Checks.Subsets,
            "subsets are nested and balanced: subset n is the first n × machines rows, of every machine the n lowest seeds; all converged");
        log.Begin(Checks.Splits, "every seed is on one side, twins with it; every machine is left out once");
        log.Try(Checks.Population, Manifest, CheckManifest);
        log.Try(Checks.Population, ReleaseLayout.FileName, CheckLayout);
        log.Try(Checks.Population, "population.json", CheckPopulation);
        log.Try(Checks.Subsets, NetworksTable.FileName, CheckSubsets);
        new SplitChecks(release, table, log).Check();
    }

    void CheckManifest()
    {
        log.Count(Checks.Population);
        var manifest = JsonNode.Parse(File.ReadAllText(At(Manifest)))!.AsObject();
        void Compare<T>(string key, T expected)
        {
            var text = manifest[key]?.ToString() ?? "nothing";
            if (text != $"{expected}") log.Doubt(Checks.Population, Manifest, $"its {key} is {text}, but should be {expected}");
        }

        Compare("version", ReleaseSource.VersionOf(!release.HasWeights, release.Factors, release.Selection, release.Layout));
        Compare("arithmetic_version", Recipe.ArithmeticVersion);
        Compare("networks", release.Networks.Count);
        Compare("parameters", release.Layout.Parameters);
        Compare("weights_digest", WeightsDigest.Of(release.Networks));
        foreach (var machine in manifest["machines"]!.AsArray())
        {
            var (name, released) = ((string)machine!["name"]!, (int)machine["released"]!);
            var there = release.Networks.Count(network => network.Machine == name);
            var most = (int)machine["converged"]!;
            if (release.Selection.AllOutcomes) most += (int)machine["not_converged"]! + (int)machine["diverged"]!;
            if (released != there || most < there)
            {
                log.Doubt(
                    Checks.Population, Manifest,
                    $"it has {released} networks of {name} released and {machine["converged"]} converged, but {there} are there");
            }
        }
    }

    void CheckLayout()
    {
        log.Count(Checks.Population);
        if (File.ReadAllText(At(ReleaseLayout.FileName)) != ReleaseLayout.Text(release.Layout))
            log.Doubt(Checks.Population, ReleaseLayout.FileName, "it isn't the layout of the recipes' network");
    }

    void CheckPopulation()
    {
        log.Count(Checks.Population);
        var text = File.ReadAllText(At("population.json"));
        var manifest = JsonNode.Parse(File.ReadAllText(At(Manifest)))!;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        if (hash != (string?)manifest["population_sha256"])
            log.Doubt(Checks.Population, "population.json", $"its SHA-256 is {hash}, {Manifest} says {manifest["population_sha256"]}");
        // Whether a file of sequences leads to what its recipe says is another check, and it may be missing.
        var recipes = release.Machines.Where(name => release.Networks.Any(network => network.Machine == name))
            .Select(name => release.RecipeOf(name)).Select(recipe => new PlannedTask(recipe.Task, recipe.DataSha256));
        var population = Population.Parse(text, "population.json", TaskFiles.In(release.FileFolders, recipes));
        if (population.Name != release.Population || !population.MachineNames.SequenceEqual(release.Machines))
            log.Doubt(Checks.Population, "population.json", $"its machines are not those of {Manifest}");
        CheckFactors(PopulationFactors.Parse(text, "population.json"), manifest);
        // Networks of one machine that differ in their seeds only are checked by the first.
        foreach (var network in (population.IsVaried ? release.Networks : release.Networks.DistinctBy(network => network.Machine))
            .Where(network => population.MachineNames.Contains(network.Machine)))
        {
            if (population.Recipe(network.Machine, network.Seed).Id is var id && id != network.RecipeId)
                log.Doubt(Checks.Recipes, network, $"population.json leads to another recipe, {id}");
        }
    }

    /// <summary>Manifest and table say of every network what its plan says.</summary>
    void CheckFactors(PopulationFactors factors, JsonNode manifest)
    {
        var expected = factors.AreDeclared ? ReleaseTexts.Factors(factors) : null;
        if (!JsonNode.DeepEquals(expected, manifest["factors"]))
            log.Doubt(Checks.Population, Manifest, "its factors are not those that population.json declares");
        var plan = release.Networks.Select(network => factors.Of(network.Machine, network.Seed)).ToArray();
        foreach (var factor in factors.Declared)
        {
            if (table.Values(factor) is not { } values)
            {
                log.Doubt(Checks.Population, NetworksTable.FileName, $"it has no column of the factor '{factor.Name}'");
                continue;
            }

            for (var i = 0; i < release.Networks.Count; i++)
            {
                log.Count(Checks.Population);
                var planned = plan[i][factor.Name];
                if (values[i] == planned) continue;
                var network = release.Networks[i];
                log.Doubt(Checks.Population, network, $"its {factor.Name} is '{values[i]}', population.json says '{planned}'");
            }
        }
    }

    void CheckSubsets()
    {
        var sizes = release.Subsets;
        if (!sizes.SequenceEqual(sizes.Distinct().Order())
            || sizes.Count == 0
            || sizes[^1] * release.Machines.Count != release.Networks.Count)
        {
            log.Doubt(Checks.Subsets, Manifest, $"subsets of {string.Join(", ", sizes)} per machine don't "
                + $"make {release.Networks.Count} rows of {release.Machines.Count} machines");
        }

        var (rows, smallest) = (table.Column<int>("row"), table.Column<int>("subset"));
        var last = new Dictionary<string, long>();
        for (var i = 0; i < release.Networks.Count; i++)
        {
            var network = release.Networks[i];
            log.Count(Checks.Subsets);
            var size = sizes.FirstOrDefault(size => i < size * release.Machines.Count);
            if (rows is not null && rows[i] != i) log.Doubt(Checks.Subsets, network, $"its row is {rows[i]}, but it is in row {i}");
            if (smallest is not null && smallest[i] != size)
                log.Doubt(Checks.Subsets, network, $"its subset is {smallest[i]}, but its row is of subset {size}");
            if (network.Outcome != Outcome.Converged && !release.Selection.AllOutcomes)
            {
                log.Doubt(
                    Checks.Subsets, network, $"its outcome is {OutcomeName.Of(network.Outcome)}; a subset has converged networks only");
            }
            else if (!release.Selection.Includes(network, release.Factors))
            {
                log.Doubt(
                    Checks.Subsets, network, $"it isn't one of the networks{release.Selection.Words}, which {Manifest} says they are");
            }

            if (last.GetValueOrDefault(network.Machine, -1) >= network.Seed)
                log.Doubt(Checks.Subsets, network, "a higher seed of its machine is in a row above, so subsets aren't nested by seed");
            last[network.Machine] = network.Seed;
        }

        foreach (var size in sizes)
        {
            var counts = release.Networks.Take(size * release.Machines.Count).CountBy(network => network.Machine).ToDictionary();
            foreach (var machine in release.Machines.Where(machine => counts.GetValueOrDefault(machine) != size))
            {
                log.Doubt(
                    Checks.Subsets, NetworksTable.FileName, $"subset {size} has {counts.GetValueOrDefault(machine)} networks of {machine}");
            }
        }
    }
}
