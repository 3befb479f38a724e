namespace Mlds.Benchmarks.Growth;

/// <summary>docs/results/growth.json.</summary>
/// <param name="Cores">Of the machine; other work may have had its share of them.</param>
sealed record GrowthResult(string About, string Date, string Processor, int Cores, string Version, IReadOnlyList<GrownSize> Sizes)
{
    /// <summary>In the order of the main path.</summary>
    internal IEnumerable<string> Steps => Sizes.SelectMany(size => size.Steps.Keys).Distinct();

    /// <summary>By what power of the networks a step's processor time grew over the last factor of ten or so: 1 is as fast as they.
    /// </summary>
    internal double? Power(string step)
    {
        var points = Sizes.Where(size => size.Steps.ContainsKey(step)).ToArray();
        if (points.Length < 2) return null;
        var last = points[^1];
        var first = points.LastOrDefault(size => size.Networks * 10 <= last.Networks) ?? points[^2];
        return Math.Log(last.Steps[step].CoreSeconds / first.Steps[step].CoreSeconds) / Math.Log((double)last.Networks / first.Networks);
    }
}

/// <summary>One number of networks.</summary>
/// <param name="ZooBytes">Of the zoo's file; 0 where only the analysis was measured.</param>
/// <param name="ReleaseBytes">Of the release with one copy of the weights; likewise.</param>
/// <param name="Steps">What each step cost, by its title.</param>
sealed record GrownSize(int Networks, long ZooBytes, long ReleaseBytes, IReadOnlyDictionary<string, MeasuredRun> Steps)
{
    /// <summary>With the steps that <paramref name="next"/> measured later, anew or in addition.</summary>
    internal GrownSize With(GrownSize next)
    {
        var steps = new Dictionary<string, MeasuredRun>(Steps);
        foreach (var (step, run) in next.Steps) steps[step] = run;
        return next.ZooBytes > 0 ? next with { Steps = steps } : this with { Steps = steps };
    }
}
