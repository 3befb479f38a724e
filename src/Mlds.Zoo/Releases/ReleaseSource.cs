using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Zoos.Releases;

/// <summary>A machine of a release.</summary>
/// <param name="Recipe">Of its first network; its others differ in their seeds only, unless the population varies them.</param>
/// <param name="Artifacts">What the release has of it besides its networks.</param>
sealed record ReleasedMachine(string Name, Recipe Recipe, TaskArtifacts Artifacts);

/// <summary>A recipe that networks of one machine share but for their seeds.</summary>
/// <param name="Recipe">Of the first of them.</param>
/// <param name="Seeds">Their seeds, ascending; null for all seeds of the machine.</param>
sealed record ReleasedForm(Recipe Recipe, IReadOnlyList<uint>? Seeds);

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
        Forms = [.. plan.Networks.GroupBy(released => released.Network.Machine)
            .SelectMany(machine => FormsOf(zoo, machine.Key, [.. machine.Select(released => released.Network)]))];
        Machines = [.. Forms.DistinctBy(form => form.Recipe.MachineName)
            .Select(form => new ReleasedMachine(form.Recipe.MachineName, form.Recipe, TaskArtifacts.Of(form.Recipe)))];
        if (options.TrainingData || options.Trajectories) CheckFiles(Machines);
        Layout = CommonLayout();
        if (options.TrainingData) CheckExamples();
        Measures = [.. Machines.SelectMany(machine => machine.Recipe.Task.MeasureKinds).DistinctBy(kind => kind.Name)
            .Where(kind => plan.Networks.Any(released => released.Network.Measures[kind.Name] is not null))];
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

    /// <summary>The different recipes, machine by machine: one of each unless the population varies them.</summary>
    public IReadOnlyList<ReleasedForm> Forms { get; }

    /// <summary>The version of the release's format.</summary>
    public int Version => VersionOf(Options.RecipesOnly, Factors, Options.Selection, Layout);

    internal static int VersionOf(bool recipesOnly, PopulationFactors factors, NetworkSelection selection, WeightLayout layout)
    {
        if (recipesOnly) return ReleaseWriter.Version;
        return factors.Varied.Count > 0 || !selection.IsUsual ? ReleaseWriter.VersionOfSelected : ReleaseLayout.Version(layout);
    }

    public WeightLayout Layout { get; }

    /// <summary>What was measured of its networks besides losses; nothing for most tasks.</summary>
    public IReadOnlyList<MeasureKind> Measures { get; }

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

    /// <summary>The recipes of one machine's networks, which must differ in their seeds only unless the population varies more.</summary>
    IEnumerable<ReleasedForm> FormsOf(Zoo zoo, string machine, IReadOnlyList<StoredNetwork> networks)
    {
        if (Factors.Varied.Count > 0)
        {
            return networks.GroupBy(network => network.Form).Select(form => new ReleasedForm(
                zoo.ReadRecipe(form.First()), [.. form.Select(network => network.Seed).Order()]));
        }

        var first = networks[0];
        return networks.FirstOrDefault(other => other.Form != first.Form) is { } odd
            ? throw new ZooException(
                $"Networks {first.RecipeId} and {odd.RecipeId} of {machine} differ in more than their seeds; nothing was released.")
            : [new ReleasedForm(zoo.ReadRecipe(first), null)];
    }

    WeightLayout CommonLayout()
    {
        var first = Forms[0].Recipe;
        if (Forms.Select(form => form.Recipe).FirstOrDefault(recipe => !recipe.Network.Equals(first.Network)) is not { } odd)
            return first.Network.Layout;
        var shapes = Factors.ShapeFactors.Count == 0 ? "" : $" Choose one with --where, such as --where {Chosen}{ShapeOf(first)}.";
        throw new ZooException(
            $"The networks of {odd.MachineName}{Named(odd)} have another shape than those of {first.MachineName}{Named(first)}, "
            + $"so they don't fit one matrix; nothing was released.{shapes}")
        {
            IsUsage = true,
        };
    }

    /// <summary>What was chosen already, apart from the shape.</summary>
    string Chosen => string.Concat(Options.Selection.Where
        .Where(wanted => Factors.ShapeFactors.All(factor => factor.Name != wanted.Key)).Select(wanted => $"{wanted.Key}={wanted.Value},"));

    string ShapeOf(Recipe recipe)
    {
        var values = Factors.Of(recipe.MachineName, recipe.Seed);
        return string.Join(',', Factors.ShapeFactors.Select(factor => $"{factor.Name}={values[factor.Name]}"));
    }

    string Named(Recipe recipe) => Factors.ShapeFactors.Count == 0 ? "" : $" ({ShapeOf(recipe)})";

    void CheckExamples()
    {
        foreach (var machine in Forms.GroupBy(form => form.Recipe.MachineName))
        {
            if (machine.Select(form => form.Recipe.DataSha256).Distinct().Count() > 1)
            {
                throw new ZooException(
                    $"The networks of {machine.Key} learned from different {Words.Examples}, so --training-data can't write them as one "
                    + "file; leave it out: the recipes make them again. Nothing was released.");
            }
        }
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
