namespace Mlds.Benchmarks;

/// <summary>benchmarks/results/PROCESSOR/shapes.json.</summary>
/// <param name="PeakGflops">The core's peak by kernel set, measured during the run.</param>
sealed record ShapesResult(
    string About,
    string Date,
    string Processor,
    string Version,
    int Passes,
    double SecondsAPass,
    IReadOnlyDictionary<string, double> PeakGflops,
    IReadOnlyList<Steepest> Steepest,
    IReadOnlyList<MeasuredShape> Shapes);

/// <summary>One size of one sweep.</summary>
/// <param name="Speed">By kernel set.</param>
sealed record MeasuredShape(string Sweep, int Size, IReadOnlyDictionary<string, ShapeSpeed> Speed);

/// <summary>The lowest of the passes' median times, in several units; only multiply-adds of sequences in the batch count.</summary>
sealed record ShapeSpeed(
    double StepMicroseconds, double NanosecondsASampleTimestep, double PicosecondsAMultiplyAdd, double Gflops, double ShareOfPeak)
{
    /// <summary>Multiply-adds of a step, in an arbitrary unit.</summary>
    public double Work => StepMicroseconds / PicosecondsAMultiplyAdd;
}

/// <summary>Neighbouring sizes that differ by too much.</summary>
/// <param name="Time">The larger size's step time over the smaller's.</param>
/// <param name="Work">The same of their multiply-adds.</param>
sealed record Cliff(int From, int To, double Time, double Work);

/// <summary>How much neighbouring sizes of a sweep differ at most.</summary>
/// <param name="Time">The largest factor by which a step takes longer at one size than at the one before.</param>
/// <param name="Efficiency">The largest factor between the times per multiply-add of two neighbours, whichever is slower.</param>
/// <param name="Cliffs">
/// Neighbours of which the larger takes more than <see cref="Shapes.CliffFactor"/> times as long as its growth in multiply-adds explains,
/// or whose step times differ by more than that factor though their work doesn't. A batch of 1 that takes as long as one of 2 is no cliff,
/// but is seen in <paramref name="Efficiency"/>.
/// </param>
sealed record Steepest(
    string Sweep, string KernelSet, double Time, string TimeAt, double Efficiency, string EfficiencyAt, IReadOnlyList<Cliff> Cliffs)
{
    public static Steepest Of(string sweep, string kernelSet, IReadOnlyList<MeasuredShape> shapes)
    {
        var pairs = shapes.Zip(shapes.Skip(1), (a, b) =>
        {
            var (from, to) = (a.Speed[kernelSet], b.Speed[kernelSet]);
            return new Cliff(a.Size, b.Size, Round(to.StepMicroseconds / from.StepMicroseconds), Round(to.Work / from.Work));
        }).ToArray();
        var slowest = pairs.MaxBy(pair => pair.Time)!;
        var uneven = pairs.MaxBy(Unevenness)!;
        return new Steepest(
            sweep, kernelSet, slowest.Time, $"{slowest.From} -> {slowest.To}",
            Round(Unevenness(uneven)), $"{uneven.From} -> {uneven.To}", [.. pairs.Where(IsCliff)]);
    }

    static bool IsCliff(Cliff pair) =>
        pair.Time / pair.Work > Shapes.CliffFactor
        || (pair.Work < Shapes.CliffFactor && Math.Max(pair.Time, 1 / pair.Time) > Shapes.CliffFactor);

    static double Unevenness(Cliff pair) => Math.Max(pair.Time / pair.Work, pair.Work / pair.Time);

    static double Round(double value) => Math.Round(value, 3);
}
