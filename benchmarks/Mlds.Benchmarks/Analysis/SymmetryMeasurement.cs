using System.Diagnostics;
using System.Text.Json.Nodes;
using Mlds.Analysis.Data;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Networks;
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
        };
        if (View.Behaviour.AppliesTo(matrix.Layout.Spec) is null)
            result["milliseconds_a_network"]!["behaviour"] = Milliseconds(matrix, () => View.Behaviour.Build(matrix));
        return result;
    }

    /// <summary>On the first <paramref name="most"/> converged networks of a zoo.</summary>
    internal static JsonObject Planted(Zoo zoo, int most)
    {
        var matrix = ZooMatrix.Read(zoo);
        var ids = matrix.Labels.Where(label => label.Outcome == Outcome.Converged).Take(most).Select(label => label.RecipeId).ToHashSet();
        return Planted(matrix.Where(label => ids.Contains(label.RecipeId)));
    }

    /// <summary>Symmetries drawn at random, scales that may be any positive number between 1/16 and 16.</summary>
    static JsonObject Planted(WeightMatrix matrix)
    {
        var (found, canonical, bits, farthest, seconds) = (0, 0, 0, 0.0, 0.0);
        for (var row = 0; row < matrix.Networks; row++)
        {
            var planted = NetworkSymmetry.RandomUneven(matrix.Layout.Spec, new SeededRandom(1, (ulong)row));
            var hidden = planted.Apply(matrix.Layout, matrix.Row(row));
            var watch = Stopwatch.StartNew();
            var aligned = Alignment.To(matrix.Layout, matrix.Row(row)).Align(hidden);
            seconds += watch.Elapsed.TotalSeconds;
            if (IsFound(matrix.Layout.Spec, planted.Inverse(), aligned)) found++;
            var (form, other) = (CanonicalForm.Of(matrix.Layout, matrix.Row(row)), CanonicalForm.Of(matrix.Layout, hidden));
            if (form.AsSpan().SequenceEqual(other)) bits++;
            var distance = Distance(form, other);
            farthest = Math.Max(farthest, distance);
            if (distance <= CanonicalForm.Tolerance) canonical++;
        }

        return new JsonObject
        {
            ["networks"] = matrix.Networks,
            ["planted_symmetries_found"] = found,
            ["canonical_forms_with_equal_bits"] = bits,
            ["canonical_forms_within_tolerance"] = canonical,
            ["largest_difference_of_canonical_forms"] = farthest,
            ["milliseconds_to_align_one"] = Rounded(1000 * seconds / Math.Max(1, matrix.Networks)),
        };
    }

    /// <summary>Every unit where it was, with its sign; an alignment says nothing of positive scales, which the normal form has.</summary>
    static bool IsFound(NetworkSpec spec, NetworkSymmetry planted, AlignedNetwork aligned) =>
        aligned.Similarity > 1 - 1e-9
        && planted.Permutations.Zip(aligned.Symmetry.Permutations, (x, y) => x.SequenceEqual(y)).All(equal => equal)
        && spec.Symmetries.Groups.Index().All(group =>
            group.Item.Scales == UnitScales.Positive || planted.Scales[group.Index].SequenceEqual(aligned.Symmetry.Scales[group.Index]));

    /// <summary>The largest difference of two numbers, relative to the largest number.</summary>
    static double Distance(float[] a, float[] b) =>
        a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max() / a.Max(x => Math.Abs((double)x));

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
