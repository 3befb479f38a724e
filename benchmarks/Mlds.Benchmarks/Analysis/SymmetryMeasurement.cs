using System.Diagnostics;
using System.Text.Json.Nodes;
using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Recipes;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Benchmarks.Analysis;

/// <summary>
/// On the converged networks of a zoo: is a planted symmetry found again, what do aligned averages lose, and how long does it take?
/// </summary>
static class SymmetryMeasurement
{
    const int MostPairs = 40;

    internal static JsonObject Measure(Zoo zoo)
    {
        var matrix = ZooMatrix.Read(zoo).Where(label => label.Outcome == Outcome.Converged);
        var result = Planted(matrix);
        result["averages"] = new JsonArray([.. zoo.Machines.Select(machine => (JsonNode)Averages(zoo, matrix, machine))]);
        result["milliseconds_a_network"] = new JsonObject
        {
            ["align"] = Milliseconds(matrix, () => Alignment.To(matrix.Layout, matrix.Row(0)).AlignAll(matrix)),
            ["invariants"] = Milliseconds(matrix, () => View.Invariants.Build(matrix)),
            ["aligned_view"] = Milliseconds(matrix, () => View.Aligned.Build(matrix)),
            ["spectral"] = Milliseconds(matrix, () => View.Spectral.Build(matrix)),
            ["behaviour"] = Milliseconds(matrix, () => View.Behaviour.Build(matrix)),
        };
        return result;
    }

    static JsonObject Planted(WeightMatrix matrix)
    {
        var (found, canonical) = (0, 0);
        for (var row = 0; row < matrix.Networks; row++)
        {
            var planted = NetworkSymmetry.Random(matrix.Layout.Spec, new SeededRandom(1, (ulong)row));
            var hidden = planted.Apply(matrix.Layout, matrix.Row(row));
            var symmetry = Alignment.To(matrix.Layout, matrix.Row(row)).Align(hidden).Symmetry;
            if (Same(planted.Inverse(), symmetry)) found++;
            if (CanonicalForm.Of(matrix.Layout, matrix.Row(row)).AsSpan().SequenceEqual(CanonicalForm.Of(matrix.Layout, hidden)))
                canonical++;
        }

        return new JsonObject
        {
            ["networks"] = matrix.Networks,
            ["planted_symmetries_found"] = found,
            ["canonical_forms_with_equal_bits"] = canonical,
        };
    }

    static bool Same(NetworkSymmetry a, NetworkSymmetry b) =>
        a.Permutations.Zip(b.Permutations, (x, y) => x.SequenceEqual(y)).All(equal => equal)
        && a.Scales.Zip(b.Scales, (x, y) => x.SequenceEqual(y)).All(equal => equal);

    /// <summary>Mean validation losses of averages of two networks of a machine, without and with alignment.</summary>
    static JsonObject Averages(Zoo zoo, WeightMatrix all, string machine)
    {
        var matrix = all.Where(label => label.Machine.Name == machine);
        var recipe = Recipe.Parse(zoo.RecipeJson(zoo.Networks(machine).First()));
        var validation = recipe.Task.Generate().Validation;
        double Loss(float[] weights) => Evaluation.Loss(recipe.Network, weights, validation);
        var (raw, aligned) = (new List<double>(), new List<double>());
        for (var i = 0; i + 1 < matrix.Networks && raw.Count < MostPairs; i++)
        {
            raw.Add(Loss(Mean(matrix.Row(i), matrix.Row(i + 1))));
            aligned.Add(Loss(Mean(
                MergedForm.Of(matrix.Layout, matrix.Row(i)), Alignment.To(matrix.Layout, matrix.Row(i)).Align(matrix.Row(i + 1)).Weights)));
        }

        return new JsonObject
        {
            ["machine"] = machine,
            ["pairs"] = raw.Count,
            ["loss_of_raw_averages"] = Rounded(raw.Average()),
            ["loss_of_aligned_averages"] = Rounded(aligned.Average()),
            ["aligned_better"] = raw.Zip(aligned).Count(pair => pair.Second < pair.First),
        };
    }

    static float[] Mean(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var mean = new float[a.Length];
        for (var i = 0; i < mean.Length; i++) mean[i] = (a[i] + b[i]) / 2;
        return mean;
    }

    /// <summary>The least of five runs, in seconds of the core: on a busy machine the wall clock would count other processes too.</summary>
    static double Milliseconds(WeightMatrix matrix, Action run)
    {
        run();
        return Rounded(Enumerable.Range(0, 5).Min(_ => CoreSeconds(run)) * 1000 / matrix.Networks);
    }

    internal static double CoreSeconds(Action run)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        run();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    internal static double Rounded(double value) => double.Parse(
        value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
