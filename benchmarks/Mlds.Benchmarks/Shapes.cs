using System.Globalization;
using System.Text.Json;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Benchmarks;

/// <summary>
/// <c>Mlds.Benchmarks shapes</c>: whether networks of other shapes train as fast as DS1's. Every point is first checked to give the scalar
/// kernels' bits, then timed in several passes over all points, so that a disturbance of the machine doesn't look like a property of a
/// shape.
/// </summary>
sealed class Shapes
{
    /// <summary>The factor that makes a cliff: neighbouring sizes that differ by more.</summary>
    public const double CliffFactor = 2;

    const int Count = 1024;
    const int WarmUp = 2;
    const double MostCheckedMultiplyAdds = 3e8;

    static readonly string[] s_sweepNames = [.. ShapeSweep.All.Select(sweep => sweep.Name)];
    static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    readonly uint[] _inputs = new uint[Count * 128];
    readonly uint[] _targets = new uint[Count * 128];
    readonly int[] _order = [.. Enumerable.Range(0, Count)];
    readonly AdamSettings _adam = new(0.9, 0.99, 1e-8);

    Shapes()
    {
        var random = new PhiloxStream(1, RandomStream.TrainingSequences);
        for (var i = 0; i < _inputs.Length; i++) (_inputs[i], _targets[i]) = (random.NextUInt32(), random.NextUInt32());
    }

    /// <summary>
    /// Options: --out FOLDER, --seconds per point and pass (0.05), --passes (5), --sweeps NAME,… (all). Returns the exit code.
    /// </summary>
    public static int Run(string[] options)
    {
        var (folder, seconds, passes, names) = (Path.Combine("benchmarks", "results", Processor.Here.Folder), 0.05, 5, s_sweepNames);
        for (var i = 0; i + 1 < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--out": folder = options[i + 1]; break;
                case "--seconds": seconds = double.Parse(options[i + 1], CultureInfo.InvariantCulture); break;
                case "--passes": passes = int.Parse(options[i + 1], CultureInfo.InvariantCulture); break;
                case "--sweeps": names = options[i + 1].Split(','); break;
                default: return Refuse(options[i]);
            }
        }

        if (options.Length % 2 != 0) return Refuse(options[^1]);
        if (names.FirstOrDefault(name => !s_sweepNames.Contains(name)) is { } unknown) return Refuse(unknown);
        var result = new Shapes().Measure([.. ShapeSweep.All.Where(sweep => names.Contains(sweep.Name))], seconds, passes);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "shapes.json"), JsonSerializer.Serialize(result, s_json) + "\n");
        File.WriteAllText(Path.Combine(folder, "shapes.svg"), ShapeFigure.Of(result).ToSvg(inline: false));
        Print(result);
        return 0;
    }

    static int Refuse(string option)
    {
        Console.Error.WriteLine(
            $"shapes: '{option}' isn't one of --out FOLDER, --seconds NUMBER, --passes NUMBER, "
            + $"--sweeps {string.Join(',', s_sweepNames)}; each takes a value.");
        return 2;
    }

    ShapesResult Measure(IReadOnlyList<ShapeSweep> sweeps, double seconds, int passes)
    {
        string[] kernelSets = [.. KernelSet.Available.Where(name => name is "avx512" or "avx2")];
        if (kernelSets.Length == 0) kernelSets = [KernelSet.Available[0]];
        var points = sweeps.SelectMany(sweep => sweep.Sizes.Select(size => (Sweep: sweep, Size: size, Point: sweep.At(size)))).ToArray();
        for (var i = 0; i < points.Length; i++)
        {
            Check(points[i].Point, kernelSets);
            if (i % 20 == 19) Console.Error.WriteLine($"{i + 1} of {points.Length} shapes give the scalar kernels' bits");
        }

        var medians = kernelSets.ToDictionary(name => name, _ => points.Select(_ => new List<double>()).ToArray());
        var peaks = kernelSets.ToDictionary(name => name, _ => 0.0);
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i < points.Length; i++)
            {
                foreach (var name in kernelSets)
                    medians[name][i].Add(Time(points[i].Point, name, seconds));
            }

            foreach (var name in kernelSets) peaks[name] = Math.Max(peaks[name], PeakRate.Measure(name));
            Console.Error.WriteLine($"pass {pass + 1} of {passes}");
        }

        var measured = points.Select((point, i) => new MeasuredShape(
            point.Sweep.Name,
            point.Size,
            kernelSets.ToDictionary(name => name, name => Figures(point.Point, medians[name][i], peaks[name])))).ToArray();
        return new ShapesResult(
            "Training steps of networks that differ from DS1's (hidden 12, 4 layers, 9 inputs, 8 outputs, "
            + "batch 128, 16 commands) in one size. Made by: dotnet run -c Release --project benchmarks/Mlds.Benchmarks -- shapes",
            DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Processor.Here.Name,
            Provenance.Version,
            passes,
            seconds,
            peaks.ToDictionary(peak => peak.Key, peak => Round(peak.Value / 1e9)),
            [.. sweeps.SelectMany(sweep =>
                kernelSets.Select(name => Steepest.Of(sweep.Name, name, [.. measured.Where(shape => shape.Sweep == sweep.Name)])))],
            measured);
    }

    static ShapeSpeed Figures(ShapePoint point, List<double> medians, double peak)
    {
        var time = medians.Min();
        return new ShapeSpeed(
            Round(time * 1e6),
            Round(time * 1e9 / (point.Batch * (double)point.Steps)),
            Round(time * 1e12 / point.MultiplyAdds),
            Round(2 * point.MultiplyAdds / time / 1e9),
            Round(2 * point.MultiplyAdds / time / peak));
    }

    double Time(ShapePoint point, string kernelSet, double seconds)
    {
        using var step = Step(point, kernelSet);
        var times = step.Time(seconds, WarmUp).Each;
        return times.Order().ElementAt(times.Count / 2);
    }

    /// <summary>
    /// Compares the loss and the gradient of a step, to the bit. Large shapes are compared on fewer and shorter sequences, since plain code
    /// is slow.
    /// </summary>
    void Check(ShapePoint point, string[] kernelSets)
    {
        while (point.MultiplyAdds > MostCheckedMultiplyAdds)
            point = point.Steps > 4 ? point with { Steps = Math.Max(4, point.Steps / 2) } : point with { Batch = (point.Batch + 1) / 2 };
        using var scalar = Step(point, "scalar");
        var expected = scalar.Take();
        foreach (var name in kernelSets)
        {
            using var step = Step(point, name);
            if (step.Take() != expected || !step.LastGradient.SequenceEqual(scalar.LastGradient))
                throw new InvalidOperationException($"{name} doesn't give the scalar kernels' bits for {point}.");
        }
    }

    TrainingStep Step(ShapePoint point, string kernelSet) => new(
        point.Network, InitialWeights.Draw(point.Network.Layout, 1), new Sequences(Count, point.Steps, _inputs, _targets), _order,
        point.Batch, 0.01, _adam, kernelSet);

    static void Print(ShapesResult result)
    {
        Console.WriteLine($"{"sweep",-8} {"kernels",-7} {"cliffs",6}  steepest: time of neighbours, time a multiply-add of neighbours");
        foreach (var steepest in result.Steepest)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{steepest.Sweep,-8} {steepest.KernelSet,-7} {steepest.Cliffs.Count,6}  {steepest.Time:0.00}x at {steepest.TimeAt}, "
                + $"{steepest.Efficiency:0.00}x at {steepest.EfficiencyAt}"));
            foreach (var cliff in steepest.Cliffs)
            {
                Console.WriteLine(
                    FormattableString.Invariant($"  cliff {cliff.From} -> {cliff.To}: time {cliff.Time:0.00}x, work {cliff.Work:0.00}x"));
            }
        }
    }

    static double Round(double value) => double.Parse(value.ToString("g4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
