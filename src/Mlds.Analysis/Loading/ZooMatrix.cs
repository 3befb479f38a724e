using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a zoo: all its networks, whatever their outcome, with their loss histories.</summary>
public static class ZooMatrix
{
    /// <inheritdoc cref="Read(Zoo, NetworksToRead, CancellationToken)"/>
    public static WeightMatrix Read(Zoo zoo, CancellationToken cancellation = default) => Read(zoo, NetworksToRead.All, cancellation);

    /// <exception cref="ZooException">An empty zoo, networks of different shapes though nothing varies them, or damaged weights; the
    /// message says which.</exception>
    public static WeightMatrix Read(Zoo zoo, NetworksToRead wanted, CancellationToken cancellation = default)
    {
        var selection = new NetworkSelection(AllOutcomes: true, wanted.Where);
        selection.Check(zoo.Networks(), zoo.Factors, zoo.Folder);
        var there = zoo.Networks().Where(network => selection.Includes(network, zoo.Factors)).ToArray();
        if (there.Length == 0)
        {
            throw new ZooException(
                $"The zoo '{zoo.Folder}' holds no trained network{selection.Words}{(wanted.Where.Count > 0 ? "" : " yet")}; "
                + "generate some first.");
        }

        var networks = wanted.Of(there);
        var shapes = Shapes(zoo, networks);
        if (shapes.Count > 1 && zoo.Factors.ShapeFactors.Count == 0)
        {
            throw new ZooException(
                $"Networks of {shapes[0].Networks[0].Machine} and {shapes[1].Networks[0].Machine} in the zoo '{zoo.Folder}' differ in "
                + "shape; only networks of one shape can be analysed together.");
        }

        // The shape with most converged networks comes first; questions are asked of it.
        var most = shapes.MaxBy(shape => shape.Networks.Count(network => network.Outcome == Outcome.Converged));
        shapes.Remove(most);
        shapes.Insert(0, most);
        wanted.Check?.Invoke([.. shapes.Select(shape => (shape.Spec.Layout, (long)shape.Networks.Count))]);
        WeightMatrix[] matrices = [.. shapes.Select(shape => Read(zoo, shape.Spec, shape.Networks, cancellation))];
        matrices[0].OtherShapes = matrices[1..];
        matrices[0].Sample = wanted.Sentence(networks.Length, there.Length);
        return matrices[0];
    }

    /// <summary>The networks by their shape, each in the zoo's order.</summary>
    static List<(NetworkSpec Spec, List<StoredNetwork> Networks)> Shapes(Zoo zoo, StoredNetwork[] networks)
    {
        var shapes = new List<(NetworkSpec Spec, List<StoredNetwork> Networks)>();
        foreach (var form in Zoo.ByForm(networks))
        {
            var spec = Recipe.Parse(zoo.RecipeJson(form[0])).Network;
            var at = shapes.FindIndex(shape => shape.Spec.Equals(spec));
            if (at < 0) shapes.Add((spec, [.. form]));
            else shapes[at].Networks.AddRange(form);
        }

        var order = networks.Index().ToDictionary(one => one.Item.RecipeId, one => one.Index);
        return [.. shapes.Select(shape => (shape.Spec, shape.Networks.OrderBy(network => order[network.RecipeId]).ToList()))];
    }

    static WeightMatrix Read(Zoo zoo, NetworkSpec spec, List<StoredNetwork> meant, CancellationToken cancellation)
    {
        var ids = meant.Select(network => network.RecipeId).ToHashSet();
        var matrix = new float[(long)meant.Count * spec.Parameters];
        var networks = new List<StoredNetwork>();

        // One machine after the other, so that nearly all weights are in memory once.
        foreach (var machine in zoo.Machines)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = zoo.ReadWeights(machine, network => ids.Contains(network.RecipeId));
            part.Weights.CopyTo(matrix, (long)networks.Count * spec.Parameters);
            networks.AddRange(part.Networks);
        }

        var machines = zoo.Machines.ToDictionary(name => name, name => MachineLabel.Of(name, zoo.Factors));
        var labels = networks.Select(network => Label(zoo, network, machines[network.Machine]));
        var learned = LearnedMachines.Of(zoo, networks.DistinctBy(network => network.Machine));
        return new WeightMatrix(zoo.Population.Name, "zoo", matrix, spec.Layout, [.. labels])
        {
            Machines = learned.Known,
            NoMachines = learned.Others,
            Tasks = learned.Tasks,
            Courses = ZooCourses.Read(zoo, networks, machines, cancellation),
        };
    }

    static NetworkLabel Label(Zoo zoo, StoredNetwork network, MachineLabel machine) => new(
        network.RecipeId, machine, network.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
        network.TrainingLoss, network.LongLoss, network.WeightsSha256, zoo.History(network))
    {
        Settings = NetworkLabel.SettingsOf(network.Machine, network.Seed, zoo.Factors),
        Measures = network.Measures.Values,
    };
}
