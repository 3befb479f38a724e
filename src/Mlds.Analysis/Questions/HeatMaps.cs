using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Networks;
using Mlds.Recipes;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Mean weights by machine, as they are and with every network aligned to one of them: what averaging erases, and what alignment brings
/// back. Of recurrent networks the input weights of the first layer, of original machines, aligned to the machine's first; of convolutional
/// ones the filters of the first convolutions, of changed machines too, all aligned to the first of their family's original.
/// </summary>
static class HeatMaps
{
    const int MostNetworks = 40;

    /// <summary>Machines of convolutional networks.</summary>
    const int MostMachines = 5;

    /// <summary>Weights of a convolution that are still told apart when they are drawn.</summary>
    const int MostOfFilters = 1000;

    /// <summary>The same of another matrix.</summary>
    const int MostOfMatrix = 10_000;

    internal static List<HeatMap> Of(QuestionContext context)
    {
        var (tensors, maps) = (Tensors(context.Networks.Layout), new List<HeatMap>());
        if (tensors.Length == 0) return maps;
        var machines = context.Labels.Select(label => label.Machine).DistinctBy(machine => machine.Name).ToArray();
        var originals = machines.Where(machine => machine.Variant == Variant.Original).DistinctBy(machine => machine.Family).ToArray();
        var shown = !IsFilters(tensors[0])
            ? originals
            : [.. originals.SelectMany(original => machines.Where(machine => machine.Family == original.Family)
                .OrderBy(machine => machine.Name != original.Name)).Take(MostMachines)];
        var references = new Dictionary<string, Alignment>();
        foreach (var machine in shown)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var rows = Selection.RowsWhere(context, label => label.Machine == machine)
                .OrderBy(row => context.Labels[row].Seed).Take(MostNetworks).ToArray();
            var layout = context.Networks.Layout;
            var merged = context.InParallel(rows, row => MergedForm.Of(layout, context.Networks.Row(row)));
            if (!references.TryGetValue(machine.Family, out var alignment))
                references[machine.Family] = alignment = Alignment.To(layout, merged[0]);
            var aligned = context.InParallel(rows, row => alignment.Align(context.Networks.Row(row)).Weights);
            foreach (var tensor in tensors)
            {
                maps.Add(Mean(tensor, machine, "raw", merged));
                maps.Add(Mean(tensor, machine, "aligned", aligned));
            }
        }

        return maps;
    }

    static HeatMap Mean(WeightTensor tensor, MachineLabel machine, string view, float[][] networks)
    {
        var rows = Enumerable.Range(0, tensor.Rows).Select(i =>
            (IReadOnlyList<double>)[.. Enumerable.Range(0, tensor.Columns)
                .Select(j => networks.Average(network => (double)network[tensor.Offset + (i * tensor.Columns) + j]))]);
        return new HeatMap(machine.Name, view, tensor.Name, networks.Length, [.. rows])
        {
            Blocks = tensor.Blocks,
            Kernel = IsFilters(tensor) ? [.. tensor.Shape.Skip(1)] : null,
        };
    }

    /// <summary>The filters of the convolutions that aren't too large, or the matrix that the inputs are multiplied by first.</summary>
    static WeightTensor[] Tensors(WeightLayout layout) =>
        layout.Tensors.Any(IsFilters)
            ? [.. layout.Tensors.Where(tensor => IsFilters(tensor) && tensor.Length <= MostOfFilters)]
            : [.. layout.Tensors.Where(tensor => tensor.Role == TensorRole.Weight).Take(1).Where(tensor => tensor.Length <= MostOfMatrix)];

    static bool IsFilters(WeightTensor tensor) => tensor.Shape.Count == 4;
}
