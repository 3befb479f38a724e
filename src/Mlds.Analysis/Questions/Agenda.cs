using System.Diagnostics;

namespace Mlds.Analysis.Questions;

/// <summary>
/// The steps of an analysis with what each is expected to cost. It tells how far the analysis is and how much time is left: what the steps
/// so far took, against what was expected of them, corrects what is expected of the others.
/// </summary>
/// <param name="progress">Where it tells; may be null.</param>
/// <param name="cores">That the expected seconds of a core are spread over.</param>
sealed class Agenda(IProgress<AnalysisProgress>? progress, int cores)
{
    /// <summary>Until this many expected seconds are done, the expectation counts as much as what was seen.</summary>
    const double Trust = 3;

    /// <summary>A step that takes longer than expected counts as this much done.</summary>
    const double MostOfStep = 0.95;

    readonly List<(string Name, double Seconds)> _steps = [];
    readonly Lock _lock = new();
    readonly Stopwatch _watch = Stopwatch.StartNew();
    int _at = -1;
    double _expected, _taken, _began;

    /// <summary>Seconds of this machine for one expected second.</summary>
    double Pace => (_taken + Trust) / (_expected + Trust);

    /// <summary>Adds a step that costs <paramref name="work"/> seconds of a core.</summary>
    internal void Add(string name, double work) => _steps.Add((name, Math.Max(0.01, work / cores)));

    /// <summary>Ends the step before and begins the next.</summary>
    internal void Next()
    {
        lock (_lock)
        {
            EndStep();
            _at++;
        }

        Tell();
    }

    /// <summary>Tells how far it is; called from any thread.</summary>
    internal void Tell()
    {
        lock (_lock)
        {
            if (_at < 0 || _at >= _steps.Count) return;
            var (name, seconds) = _steps[_at];
            var total = _steps.Sum(step => step.Seconds);
            var elapsed = _watch.Elapsed.TotalSeconds - _began;
            var step = Math.Min(MostOfStep * seconds, elapsed / Pace);

            // A step that takes longer than expected says already that the others will.
            var pace = Math.Max(Pace, (_taken + elapsed + Trust) / (_expected + seconds + Trust));
            progress?.Report(new AnalysisProgress(
                name, (_expected + step) / total, TimeSpan.FromSeconds((total - _expected - step) * pace)));
        }
    }

    /// <summary>All is done.</summary>
    internal void End()
    {
        lock (_lock) EndStep();
        progress?.Report(new AnalysisProgress("Done", 1, TimeSpan.Zero));
    }

    void EndStep()
    {
        if (_at < 0 || _at >= _steps.Count) return;
        _expected += _steps[_at].Seconds;
        _taken += _watch.Elapsed.TotalSeconds - _began;
        _began = _watch.Elapsed.TotalSeconds;
    }
}
