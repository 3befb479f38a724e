using Mlds.Analysis.Data;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>The weight matrix of a zoo: all its networks, whatever their outcome, with their loss histories.</summary>
public static class ZooMatrix
{
    /// <exception cref="ZooException">An empty zoo, networks of different shapes, or damaged weights; the message says which.</exception>
    public static WeightMatrix Read(Zoo zoo, CancellationToken cancellation = default)
    {
        var weights = new List<StoredWeights>();
        foreach (var machine in zoo.Machines)
        {
            cancellation.ThrowIfCancellationRequested();
            weights.Add(zoo.ReadWeights(machine));
        }

        var networks = weights.SelectMany(w => w.Networks).ToArray();
        if (networks.Length == 0) throw new ZooException($"The zoo '{zoo.Folder}' holds no trained network yet; generate some first.");
        var layout = Layout(zoo, weights);
        var matrix = new float[(long)networks.Length * layout.Parameters];
        var at = 0L;
        foreach (var part in weights)
        {
            part.Weights.CopyTo(matrix, at);
            at += part.Weights.Length;
        }

        var machines = zoo.Machines.ToDictionary(name => name, name => MachineLabel.Of(name, zoo.Factors));
        var labels = networks.Select(network => Label(zoo, network, machines[network.Machine]));
        var learned = LearnedMachines.Of(zoo, weights);
        return new WeightMatrix(zoo.Population.Name, "zoo", matrix, layout, [.. labels])
        {
            Machines = learned.Known,
            NoMachines = learned.Others,
            Courses = ZooCourses.Read(zoo, networks, machines, cancellation),
        };
    }

    static WeightLayout Layout(Zoo zoo, IEnumerable<StoredWeights> weights)
    {
        var specs = weights.Where(part => part.Networks.Count > 0)
            .Select(part => (part.Networks[0].Machine, Spec: Recipe.Parse(zoo.RecipeJson(part.Networks[0])).Network)).ToArray();
        var odd = Array.Find(specs, one => !one.Spec.Equals(specs[0].Spec));
        if (odd.Machine is not null)
        {
            throw new ZooException(
                $"Networks of {specs[0].Machine} and {odd.Machine} in the zoo '{zoo.Folder}' differ in shape; "
                + "only networks of one shape can be analysed together.");
        }

        return specs[0].Spec.Layout;
    }

    static NetworkLabel Label(Zoo zoo, StoredNetwork network, MachineLabel machine) => new(
        network.RecipeId, machine, network.Seed, network.Outcome, network.Epochs, network.ValidationLoss,
        network.TrainingLoss, network.LongLoss, network.WeightsSha256, zoo.History(network));
}
