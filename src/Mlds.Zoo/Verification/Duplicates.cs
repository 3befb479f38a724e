using Mlds.Networks;

namespace Mlds.Zoos.Verification;

/// <summary>
/// Finds networks that are there twice: under one recipe id, under one machine and seed, with the same weights, or disguised by a change
/// that leaves the function alone (<see cref="SymmetrySignature"/>). <see cref="Add"/> is thread-safe.
/// </summary>
sealed class Duplicates(VerificationLog log)
{
    sealed record Entry(StoredNetwork Network, string DataSha256, double[] Signature);

    /// <summary>
    /// Networks by their shape. Each has a specification of its own, with a layout and symmetries that take ten times as much memory as
    /// what is noted of a network: of those that are equal one is kept.
    /// </summary>
    readonly Dictionary<NetworkSpec, List<Entry>> _entries = [];

    public static void Announce(VerificationLog log) =>
        log.Begin(
            Checks.Duplicates,
            "no network is there twice, nor as a copy with permuted, sign-flipped or scaled units, "
            + "shifted biases or another basis between linear layers");

    /// <summary>Takes note of a network with finite weights.</summary>
    public void Add(StoredRun run)
    {
        log.Count(Checks.Duplicates);
        if (run is not { Recipe: { } recipe, Weights: { } weights }) return;
        var layout = recipe.Network.Layout;
        if (weights.Length != layout.Parameters || Array.Exists(weights, weight => !float.IsFinite(weight))) return;
        var entry = new Entry(run.Network, recipe.DataSha256, SymmetrySignature.Of(layout, weights));
        lock (_entries)
        {
            if (!_entries.TryGetValue(recipe.Network, out var alike)) _entries.Add(recipe.Network, alike = []);
            alike.Add(entry);
        }
    }

    /// <summary>Compares all with all.</summary>
    public void Find(IReadOnlyList<StoredNetwork> networks)
    {
        foreach (var same in networks.GroupBy(network => network.RecipeId).Where(group => group.Skip(1).Any()))
            log.Doubt(Checks.Duplicates, same.First(), $"its recipe id is there {same.Count()} times");
        foreach (var same in networks.GroupBy(network => (network.Machine, network.Seed))
            .Where(group => group.DistinctBy(network => network.RecipeId).Skip(1).Any()))
        {
            log.Doubt(Checks.Duplicates, same.First(), $"its machine and seed are there with {same.Count()} recipe ids");
        }

        foreach (var alike in _entries.Values)
            FindIn([.. alike.OrderBy(entry => entry.Signature[0]).ThenBy(entry => entry.Network.RecipeId, StringComparer.Ordinal)]);
    }

    /// <summary>Networks of one shape, by the first number of their signatures: a duplicate can't be far away.</summary>
    void FindIn(Entry[] entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            for (var j = i + 1; j < entries.Length && SymmetrySignature.AreClose(entries[i].Signature[0], entries[j].Signature[0]); j++)
            {
                if (SymmetrySignature.AreSame(entries[i].Signature, entries[j].Signature)) Say(entries[i], entries[j]);
            }
        }
    }

    void Say(Entry a, Entry b)
    {
        var (first, second) = string.CompareOrdinal(a.Network.RecipeId, b.Network.RecipeId) < 0 ? (a, b) : (b, a);
        var isEqual = first.Network.WeightsSha256 == second.Network.WeightsSha256;
        if (first.Network.Seed == second.Network.Seed && first.DataSha256 == second.DataSha256)
        {
            // The same initial weights, batches and examples: these are two recipes that say the same under two names, or that end before
            // they differ.
            log.Note(
                Checks.Duplicates,
                $"{VerificationLog.Name(second.Network)} has the weights of {VerificationLog.Name(first.Network)}, "
                + "whose seed and data it shares");
            return;
        }

        log.Doubt(Checks.Duplicates, second.Network, $"it is {(isEqual ? "the same as" : "a disguised copy of")} "
            + $"{VerificationLog.Name(first.Network)}{(isEqual ? "" : ": no symmetry-invariant number tells them apart")}");
    }
}
