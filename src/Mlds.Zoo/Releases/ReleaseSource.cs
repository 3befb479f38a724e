using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Recipes;

namespace Mlds.Zoos.Releases;

/// <summary>A machine of a release.</summary>
/// <param name="Recipe">Of its first network; its others differ in their seeds only.</param>
/// <param name="Artifacts">What the release has of it besides its networks.</param>
sealed record ReleasedMachine(string Name, Recipe Recipe, TaskArtifacts Artifacts);

/// <summary>All that the files of one release are made of; checked: any doubt aborts before the first file.</summary>
sealed class ReleaseSource
{
    /// <exception cref="ZooException">Networks of a machine that differ in more than their seeds, or of several shapes, or names that can't
    /// name a file.</exception>
    public ReleaseSource(Zoo zoo, ReleasePlan plan, ReleaseOptions options)
    {
        (Zoo, Plan, Options) = (zoo, plan, options);
        zoo.CheckPopulationText();
        // Read before the first file is written: they may be damaged too.
        Factors = zoo.Factors;
        var population = JsonNode.Parse(zoo.Population.CanonicalJson)!;
        Description = (string?)population["description"] ?? "";
        Licence = new ReleaseLicence((string?)population["licence"] ?? "CC-BY-SA-4.0");
        foreach (var name in zoo.Machines.Append(zoo.Population.Name)) CheckName(name);
        Machines = [.. Recipes(zoo, plan).Select(recipe => new ReleasedMachine(recipe.MachineName, recipe, TaskArtifacts.Of(recipe)))];
        if (options.TrainingData || options.Trajectories) CheckFiles(Machines);
        Layout = CommonLayout(Machines);
        Digest = WeightsDigest.Of(plan.Networks.Select(released => released.Network));
    }

    public Zoo Zoo { get; }

    public ReleasePlan Plan { get; }

    public ReleaseOptions Options { get; }

    /// <summary>What the population says of itself; may be empty.</summary>
    public string Description { get; }

    public ReleaseLicence Licence { get; }

    /// <summary>In the population's order.</summary>
    public IReadOnlyList<ReleasedMachine> Machines { get; }

    public WeightLayout Layout { get; }

    /// <summary>How the release's pages speak of what was learned.</summary>
    public TaskWords Words => TaskWords.Together([.. Machines.Select(machine => machine.Artifacts.Words).Distinct()]);

    /// <summary>As <see cref="Zoo.WeightsDigest"/>, of the released networks.</summary>
    public string Digest { get; }

    /// <summary>What the plan says of each machine.</summary>
    public PopulationFactors Factors { get; }

    public string Name => Zoo.Population.Name;

    /// <summary>Formats that repeat what another file already has.</summary>
    public static bool IsFurtherCopy(string file, ReleaseOptions options) =>
        (file == Hdf5Release.FileName && options.Formats.Any(format => format != "h5"))
        || (file == SafetensorsFile.FileName && options.Formats.Contains("npy"));

    /// <summary>The first network's recipe of each machine; all its others must differ in their seeds only.</summary>
    static IEnumerable<Recipe> Recipes(Zoo zoo, ReleasePlan plan)
    {
        foreach (var machine in plan.Networks.GroupBy(released => released.Network.Machine))
        {
            var first = machine.First().Network;
            if (machine.FirstOrDefault(other => other.Network.Form != first.Form) is { Network: { } odd })
            {
                throw new ZooException(
                    $"Networks {first.RecipeId} and {odd.RecipeId} of {first.Machine} differ in more than their seeds; "
                    + "nothing was released.");
            }

            yield return zoo.ReadRecipe(first);
        }
    }

    static WeightLayout CommonLayout(IReadOnlyList<ReleasedMachine> machines)
    {
        var first = machines[0];
        return machines.FirstOrDefault(machine => !machine.Recipe.Network.Equals(first.Recipe.Network)) is { } odd
            ? throw new ZooException(
                $"The networks of {odd.Name} have another shape than those of {first.Name}, "
                + "so they don't fit one matrix; nothing was released.")
            : first.Recipe.Network.Layout;
    }

    /// <summary>Examples, and training again for trajectories, need the files that tasks are read from.</summary>
    static void CheckFiles(IReadOnlyList<ReleasedMachine> machines)
    {
        if (machines.Select(machine => machine.Recipe.Task.MissingFile).FirstOrDefault(missing => missing is not null) is { } missing)
            throw new ZooException($"{missing.TrimEnd('.')}; nothing was released.");
    }

    /// <summary>A population file holds no other names; a zoo that was tampered with might.</summary>
    static void CheckName(string name)
    {
        var fits = name.Length is > 0 and <= 64
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
        if (!fits)
        {
            throw new ZooException(
                $"The zoo calls something '{name}', which can't name a file of a release (letters, "
                + "digits, '-', '_' and '.' can, the first a letter or digit); nothing was released.");
        }
    }
}
