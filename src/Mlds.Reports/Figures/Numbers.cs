using System.Globalization;
using System.Text;
using Mlds.Analysis.Results;

namespace Mlds.Reports.Figures;

/// <summary>The numbers that a figure shows, as a table: what its CSV file holds.</summary>
/// <param name="Columns">Names in lower case with underscores.</param>
/// <param name="Rows">
/// Each with a text, a number or null (nothing known) for every column; read whenever the table is written, so they may be computed.
/// </param>
public sealed record Numbers(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows)
{
    /// <summary>RFC 4180 but for line feeds alone; floats with as many digits as bring the same number back, null as nothing.</summary>
    public string ToCsv()
    {
        var csv = new StringBuilder().AppendJoin(',', Columns).Append('\n');
        foreach (var row in Rows)
            csv.AppendJoin(',', row.Select(Text)).Append('\n');
        return csv.ToString();
    }

    internal static Numbers Of(IEnumerable<Score> scores) => new(
        [
            "subject", "view", "method", "metric", "value", "low", "high", "chance", "shuffled", "shuffled_low", "shuffled_high",
            "metadata_only", "metadata_only_low", "metadata_only_high", "networks", "classes", "networks_per_class",
        ],
        scores.Select(score => (object?[])
        [
            score.Subject, score.View, score.Method, score.Metric, score.Value.Value, score.Value.Low, score.Value.High, score.Chance,
            score.Shuffled?.Value, score.Shuffled?.Low, score.Shuffled?.High,
            score.MetadataOnly?.Value, score.MetadataOnly?.Low, score.MetadataOnly?.High,
            score.Networks, score.Classes, score.NetworksPerClass,
        ]));

    internal static Numbers Of(IEnumerable<Curve> curves) => new(
        ["subject", "view", "method", "x_is", "x", "y_is", "y", "low", "high", "networks"],
        from curve in curves
        from point in curve.Points
        select (object?[])
        [
            curve.Subject, curve.View, curve.Method, curve.XLabel, point.X, curve.YLabel, point.Y.Value, point.Y.Low, point.Y.High,
            point.Networks,
        ]);

    internal static Numbers Of(IEnumerable<Distribution> spreads) => new(
        ["quantity", "view", "group", "subject", "count", "minimum", "p10", "p25", "median", "p75", "p90", "maximum"],
        spreads.Select(spread => (object?[])
        [
            spread.Quantity, spread.View, spread.Group, spread.Subject, spread.Count, spread.Minimum, spread.P10, spread.P25,
            spread.Median, spread.P75, spread.P90, spread.Maximum,
        ]));

    internal static Numbers Of(IEnumerable<ConfusionMatrix> matrices) => new(
        ["subject", "view", "method", "truth", "taken_for", "networks"],
        from matrix in matrices
        from truth in Enumerable.Range(0, matrix.Classes.Count)
        from said in Enumerable.Range(0, matrix.Classes.Count)
        select (object?[])
        [
            matrix.Subject, matrix.View, matrix.Method, matrix.Classes[truth], matrix.Classes[said], matrix.Counts[truth][said],
        ]);

    /// <summary>A filter's row has its input channels one after the other, each row by row.</summary>
    internal static Numbers Of(IEnumerable<HeatMap> maps) => new(
        ["machine", "view", "tensor", "row", "column", "mean", "networks"],
        from map in maps
        from row in Enumerable.Range(0, map.Rows.Count)
        from column in Enumerable.Range(0, map.Rows[row].Count)
        select (object?[])[map.Machine, map.View, map.Tensor, row, column, map.Rows[row][column], map.Networks]);

    internal static Numbers Of(IEnumerable<Projection> planes) => new(
        ["view", "method", "recipe_id", "machine", "family", "variant", "seed", "epochs", "validation_loss", "x", "y"],
        from plane in planes
        from point in plane.Points
        select (object?[])
        [
            plane.View, plane.Method, point.RecipeId, point.Machine, point.Family, point.Variant, point.Seed, point.Epochs,
            point.ValidationLoss, point.Coordinates[0], point.Coordinates[1],
        ]);

    internal static Numbers Of(IEnumerable<ProjectedNetwork> networks) => new(
        ["recipe_id", "machine", "family", "variant", "seed", "epochs", "validation_loss"],
        networks.Select(network => (object?[])
        [
            network.RecipeId, network.Machine, network.Family, network.Variant, network.Seed, network.Epochs, network.ValidationLoss,
        ]));

    internal static Numbers Of(IEnumerable<LossCurve> curves) => new(
        ["machine", "family", "variant", "networks", "epoch", "running", "median", "p10", "p90"],
        from curve in curves
        from point in curve.Points
        select (object?[])
        [
            curve.Machine, curve.Family, curve.Variant, curve.Networks, point.Epoch, point.Running, point.Median, point.P10, point.P90,
        ]);

    internal static Numbers Of(IEnumerable<MachineSummary> machines) => new(
        ["machine", "family", "variant", "networks", "converged", "not_converged", "diverged"],
        machines.Select(machine => (object?[])
        [
            machine.Name, machine.Family, machine.Variant, machine.Networks, machine.Converged, machine.NotConverged, machine.Diverged,
        ]));

    internal static Numbers Of(IEnumerable<FoundAutomaton> automata) => new(
        ["machine", "seed", "equivalent", "from", "from_output", "to", "to_output", "symbols"],
        from automaton in automata
        from edge in automaton.Edges
        select (object?[])
        [
            automaton.Machine, automaton.Seed, automaton.Equivalent ? "yes" : "no", edge.From, automaton.Outputs[edge.From], edge.To,
            automaton.Outputs[edge.To], edge.Symbols,
        ]);

    internal static Numbers Of(IEnumerable<TriggerImage> triggers) => new(
        ["trigger", "networks", "row", "column", "value"],
        from trigger in triggers
        from pixel in trigger.Pixels
        select (object?[])[trigger.Name, trigger.Networks, pixel[0], pixel[1], pixel[2]]);

    static string Text(object? value)
    {
        // What a spreadsheet would take for a formula gets an apostrophe, which makes it a text: names come from anybody's file.
        var text = value is string words
            ? words.Length > 0 && words[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{words}" : words
            : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
