using Mlds.Analysis.Data;
using Mlds.Zoos;

namespace Mlds.Analysis.Loading;

/// <summary>
/// Training courses from the checkpoints that a zoo kept at its milestones (<c>mlds generate --keep-milestones</c>): of the networks with
/// the lowest seeds of every machine, with points spread evenly over each one's epochs. It is a bounded sample, since a course is as large
/// as its network times its milestones.
/// </summary>
static class ZooCourses
{
    internal const int NetworksPerMachine = 12;
    internal const int PointsPerNetwork = 24;

    /// <param name="machines">Their labels, by name.</param>
    internal static List<Course> Read(
        Zoo zoo, IEnumerable<StoredNetwork> networks, IReadOnlyDictionary<string, MachineLabel> machines, CancellationToken cancellation)
    {
        var courses = new List<Course>();
        foreach (var machine in networks.GroupBy(network => network.Machine))
        {
            var kept = machine.OrderBy(network => network.Seed).Select(network => (Network: network, Epochs: zoo.KeptEpochs(network)))
                .Where(one => one.Epochs.Count > 1).Take(NetworksPerMachine);
            foreach (var (network, epochs) in kept)
            {
                cancellation.ThrowIfCancellationRequested();
                var points = Spread(epochs).Select(epoch => Point(zoo, network, epoch));
                courses.Add(new Course(network.RecipeId, machines[machine.Key], network.Seed, [.. points]));
            }
        }

        return courses;
    }

    /// <summary>At most <see cref="PointsPerNetwork"/> of the epochs, the first and the last among them.</summary>
    static IEnumerable<int> Spread(IReadOnlyList<int> epochs) => epochs.Count <= PointsPerNetwork
        ? epochs
        : Enumerable.Range(0, PointsPerNetwork).Select(i => epochs[i * (epochs.Count - 1) / (PointsPerNetwork - 1)]).Distinct();

    static CoursePoint Point(Zoo zoo, StoredNetwork network, int epoch)
    {
        var checkpoint = zoo.Kept(network, epoch);
        return new CoursePoint(epoch, checkpoint.History[^1].ValidationLoss, checkpoint.Weights);
    }
}
