using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Mean input weights of the first layer by original machine, as they are and with every network aligned to the machine's first: what
/// averaging erases, and what alignment brings back.
/// </summary>
static class HeatMaps
{
    const int MostNetworks = 40;

    internal static List<HeatMap> Of(QuestionContext context)
    {
        var maps = new List<HeatMap>();
        foreach (var machine in context.Labels.Where(label => label.Machine.Variant == Variant.Original)
            .Select(label => label.Machine).DistinctBy(machine => machine.Family))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var rows = Selection.RowsWhere(context, label => label.Machine == machine)
                .OrderBy(row => context.Labels[row].Seed).Take(MostNetworks).ToArray();
            var layout = context.Networks.Layout;
            var merged = context.InParallel(rows, row => MergedForm.Of(layout, context.Networks.Row(row)));
            var alignment = Alignment.To(layout, merged[0]);
            var aligned = context.InParallel(rows, row => alignment.Align(context.Networks.Row(row)).Weights);
            maps.Add(Mean(context, machine, "raw", merged));
            maps.Add(Mean(context, machine, "aligned", aligned));
        }

        return maps;
    }

    static HeatMap Mean(QuestionContext context, MachineLabel machine, string view, float[][] networks)
    {
        var tensor = Tensor(context);
        var rows = Enumerable.Range(0, tensor.Rows).Select(i =>
            (IReadOnlyList<double>)[.. Enumerable.Range(0, tensor.Columns)
                .Select(j => networks.Average(network => (double)network[tensor.Offset + (i * tensor.Columns) + j]))]);
        return new HeatMap(machine.Name, view, tensor.Name, networks.Length, [.. rows])
        {
            Blocks = tensor.Blocks,
            Filter = tensor.Shape is [_, var channels, var height, var width] ? new FilterSize(channels, height, width) : null,
        };
    }

    /// <summary>The matrix that the inputs are multiplied by first.</summary>
    static WeightTensor Tensor(QuestionContext context) =>
        context.Networks.Layout.Tensors.First(tensor => tensor.Role == TensorRole.Weight);
}
