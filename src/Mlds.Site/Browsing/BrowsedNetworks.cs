using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Site.Browsing;

/// <summary>The networks of a zoo or a release as they were at one moment. It doesn't change, so any thread may look.</summary>
public sealed class BrowsedNetworks
{
    const int MostTwins = 20;

    readonly Dictionary<string, NetworkColumn> _columns;
    readonly Dictionary<string, int> _rows = [];
    readonly Dictionary<(string Machine, uint Seed), int> _bySeed = [];

    /// <exception cref="InvalidDataException">A network is there twice.</exception>
    internal BrowsedNetworks(SourceContents contents)
    {
        Contents = contents;
        Columns = NetworkColumn.Of(contents);
        _columns = Columns.ToDictionary(column => column.Name);
        foreach (var (row, network) in contents.Networks.Index())
        {
            if (!_rows.TryAdd(network.RecipeId, row))
            {
                throw new InvalidDataException(
                    $"It is damaged: {NameOf(network)} is there twice, under the recipe id {network.RecipeId}. `mlds verify` says all that "
                    + "is wrong with it.");
            }

            _bySeed.TryAdd((network.Machine, network.Seed), row);
        }

        Machines = Summaries(contents);
    }

    /// <summary>A network as people say it: "ParityMachine, seed 7".</summary>
    internal static string NameOf(StoredNetwork network) => $"{network.Machine}, seed {network.Seed}";

    internal SourceContents Contents { get; }

    internal int Count => Contents.Networks.Count;

    internal IReadOnlyList<NetworkColumn> Columns { get; }

    /// <summary>In the population's order, also those without a network yet.</summary>
    internal IReadOnlyList<MachineOverview> Machines { get; }

    internal StoredNetwork this[int row] => Contents.Networks[row];

    /// <summary>
    /// Names these networks, in this order: lower-case hex SHA-256 over the lines <c>recipe_id weights_sha256</c>.
    /// </summary>
    internal string Digest => field ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(
        Contents.Networks.Select(network => $"{network.RecipeId} {network.WeightsSha256}\n")))));

    ILookup<string, int> RowsByWeights =>
        field ??= Contents.Networks.Index().ToLookup(one => one.Item.WeightsSha256, one => one.Index);

    /// <exception cref="QueryException">There is none; the message has the nearest names.</exception>
    internal NetworkColumn Column(string name) => _columns.GetValueOrDefault(name) ?? throw new QueryException(
        $"There is no column '{name}'. {NearestName.DidYouMean(name, _columns.Keys)}Columns: {string.Join(", ", _columns.Keys)}.");

    /// <summary>The row of a network by its recipe id; null for none.</summary>
    internal int? RowOf(string recipeId) => _rows.TryGetValue(recipeId, out var row) ? row : null;

    /// <summary>The row of a machine's network; null for none.</summary>
    internal int? RowOf(string machine, uint seed) =>
        _bySeed.TryGetValue((machine, seed), out var row) ? row : null;

    /// <summary>The rows of networks of the same seed on other machines, at most twenty: what began with the same weights.</summary>
    internal int[] TwinsOf(StoredNetwork network) =>
    [
        .. Machines.Where(machine => machine.Name != network.Machine).Select(machine => RowOf(machine.Name, network.Seed)).OfType<int>()
            .Take(MostTwins),
    ];

    /// <summary>The rows of other networks with the same weights, to the bit.</summary>
    internal IEnumerable<int> WithSameWeights(StoredNetwork network) =>
        RowsByWeights[network.WeightsSha256].Where(row => this[row].RecipeId != network.RecipeId);

    /// <summary>The network that others of its machine are aligned to: the converged one of the lowest seed.</summary>
    internal StoredNetwork Reference(StoredNetwork network) => Machines.First(machine => machine.Name == network.Machine).Rows
        .Select(row => this[row]).Where(one => one.Outcome == Outcome.Converged).MinBy(one => one.Seed) ?? network;

    /// <summary>Whether what somebody typed is the beginning of several recipe ids.</summary>
    internal bool IsAmbiguous(string typed) => IsDigits(typed.Trim()) && Beginning(typed.Trim()).Length > 1;

    /// <summary>The row of the network that somebody typed: the beginning of its recipe id, or MACHINE/SEED.</summary>
    /// <param name="kind">Of the source, for messages.</param>
    /// <exception cref="QueryException">It is neither, or the beginning of several.</exception>
    /// <exception cref="NotThereException">There is no such network.</exception>
    internal int Typed(string typed, string kind)
    {
        var text = typed.Trim();
        if (text.Length == 0) throw new QueryException("Give a recipe id, of which the first digits are enough, or MACHINE/SEED.");
        if (text.LastIndexOf('/') is var slash and > 0) return Typed(text[..slash].Trim(), text[(slash + 1)..].Trim(), kind);
        if (!IsDigits(text))
        {
            throw new QueryException(
                $"'{text}' is neither a recipe id, 64 hex digits of which the first few are enough, nor MACHINE/SEED.");
        }

        return Beginning(text) switch
        {
            [var row] => row,
            [] => throw new NotThereException($"No network's recipe id begins with '{text}'."),
            _ => throw new QueryException($"More than one recipe id begins with '{text}'; give more digits."),
        };
    }

    int Typed(string machine, string number, string kind)
    {
        if (!Contents.Machines.Contains(machine))
        {
            throw new NotThereException(
                $"There is no machine '{machine}'. {NearestName.DidYouMean(machine, Contents.Machines)}".TrimEnd());
        }

        if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            throw new QueryException($"A seed is a whole number, as in {machine}/7, not '{number}'.");
        return RowOf(machine, seed) ?? throw new NotThereException(
            $"The {kind} has no network of {machine} with seed {seed} that was trained to its end.");
    }

    static bool IsDigits(string text) => text.Length is > 0 and <= 64 && text.All(char.IsAsciiHexDigit);

    /// <summary>Rows whose recipe id begins so, at most two.</summary>
    int[] Beginning(string prefix) =>
        [.. _rows.Where(one => one.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(one => one.Value).Take(2)];

    static IReadOnlyList<MachineOverview> Summaries(SourceContents contents)
    {
        var rows = contents.Networks.Index().ToLookup(one => one.Item.Machine, one => one.Index);
        return [.. contents.Machines.Select(name =>
        {
            int[] own = [.. rows[name]];
            int Of(Outcome outcome) => own.Count(row => contents.Networks[row].Outcome == outcome);
            double[] epochs = [.. own.Select(row => (double)contents.Networks[row].Epochs).Order()];
            double[] losses = [.. own.Select(row => (double)contents.Networks[row].ValidationLoss).Where(double.IsFinite).Order()];
            return new MachineOverview(
                name, own, Of(Outcome.Converged), Of(Outcome.NotConverged), Of(Outcome.Diverged), Median(epochs), Median(losses));
        })];
    }

    static double? Median(double[] sorted) => sorted.Length == 0 ? null : sorted[(sorted.Length - 1) / 2];
}

/// <summary>What there is of one machine.</summary>
/// <param name="Rows">Of its networks.</param>
public sealed record MachineOverview(
    string Name, int[] Rows, int Converged, int NotConverged, int Diverged, double? MedianEpochs, double? MedianLoss);
