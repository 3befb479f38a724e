using Mlds.Bundles;
using Mlds.Recipes;

namespace Mlds.Server.Science;

/// <summary>Networks of one machine that volunteers are to train.</summary>
/// <param name="Recipe">Of any of them.</param>
/// <param name="Epochs">Mean per network; at least 1.</param>
public sealed record VolunteersShare(Recipe Recipe, int Networks, double Epochs);

/// <summary>
/// What networks cost on volunteers' computers if all goes well: no result is lost, none is wrong, no network is asked for twice.
/// </summary>
/// <param name="Units">Work units, cut as <see cref="WorkCutting"/> cuts them for hosts of the usual speed.</param>
/// <param name="Results">Results that a quorum of every unit makes.</param>
/// <param name="UploadBytes">Of all results.</param>
public sealed record VolunteerCost(double Units, double Results, double UploadBytes)
{
    /// <summary>With more networks this many are cut, and the rest is like them.</summary>
    const int MostCut = 200_000;

    /// <summary>A result's head and what its host says of itself.</summary>
    const int ResultBytes = 300;

    /// <param name="shares">The machines with networks to train.</param>
    /// <param name="options">How units are cut, and their quorum; how many networks is for <paramref name="shares"/> to say.</param>
    public static VolunteerCost Of(IReadOnlyList<VolunteersShare> shares, WorkOptions options)
    {
        var networks = shares.Sum(share => (long)share.Networks);
        if (networks == 0) return new VolunteerCost(0, 0, 0);
        var scale = Math.Max(1, networks / (double)MostCut);
        var (units, bytes) = Cut(shares, scale, options);
        return new VolunteerCost(
            units * scale,
            units * scale * options.Quorum,
            ((bytes * scale) + (units * scale * ResultBytes)) * options.Quorum);
    }

    /// <summary>Fills unit after unit with the next waiting networks; those begun come first.</summary>
    static (long Units, double Bytes) Cut(IReadOnlyList<VolunteersShare> shares, double scale, WorkOptions options)
    {
        var waiting = new LinkedList<(VolunteersShare Share, int Done)>(Mixed(shares, scale));
        var (units, bytes) = (0L, 0.0);
        while (waiting.Count > 0)
        {
            var most = Math.Clamp(waiting.Count / WorkCutting.Parts, 1, Bundle.MostNetworks / 2);
            var goOn = new List<(VolunteersShare Share, int Done)>();
            var machines = new HashSet<VolunteersShare>(ReferenceEqualityComparer.Instance);
            var (cost, largest, taken, next) = (0.0, 0L, 0, waiting.First);
            for (var looked = 0; looked < most && next is not null; looked++)
            {
                var (node, (share, done)) = (next, next.Value);
                next = next.Next;
                if (machines.Count == Bundle.MostForms - 1 && !machines.Contains(share)) continue;
                var (part, last) = Part(share, done, options.EpochLimit);
                var flops = WorkCost.OfEpoch(share.Recipe) * part;
                var size = TrainedPart.Largest(new BundleNetwork(share.Recipe, null), done + options.EpochLimit);
                var isFull = cost + flops > options.UnitSeconds * WorkCost.UsualFlops || largest + size > UnitNeeds.MostResultBytes;
                if (taken > 0 && isFull) break;
                waiting.Remove(node);
                machines.Add(share);
                (cost, largest, taken) = (cost + flops, largest + size, taken + 1);
                bytes += Sent(share.Recipe, done + part, last);
                if (!last) goOn.Add((share, done + part));
            }

            foreach (var network in Enumerable.Reverse(goOn)) waiting.AddFirst(network);
            units++;
        }

        return (units, bytes);
    }

    /// <summary>Networks of all machines, evenly mixed: they wait in random order.</summary>
    static IEnumerable<(VolunteersShare Share, int Done)> Mixed(IReadOnlyList<VolunteersShare> shares, double scale) =>
        shares.Select(share => (Share: share, Count: (int)Math.Ceiling(share.Networks / scale)))
            .SelectMany(machine => Enumerable.Range(0, machine.Count)
                .Select(i => (machine.Share, At: (i + 0.5) / machine.Count)))
            .OrderBy(network => network.At)
            .Select(network => (network.Share, 0));

    /// <summary>Epochs of a network in its next unit, and whether it ends there.</summary>
    static (int Epochs, bool IsLast) Part(VolunteersShare share, int done, int limit)
    {
        var left = Math.Max(1, (int)Math.Round(share.Epochs) - done);
        return left <= limit ? (left, true) : (limit, false);
    }

    /// <summary>Bytes of a part: the optimiser's state goes along only while the network isn't finished.</summary>
    static double Sent(Recipe recipe, int epochs, bool isLast) =>
        TrainedPart.Largest(new BundleNetwork(recipe, null), epochs)
        - (isLast ? recipe.StateBytes - (4L * recipe.Network.Parameters) : 0);
}
