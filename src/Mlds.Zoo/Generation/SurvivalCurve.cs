namespace Mlds.Zoos.Generation;

/// <summary>
/// The share of networks still training after a number of epochs, by Kaplan and Meier's estimate (1958): networks that still run count as
/// what they are, runs of at least as many epochs as they have done. Without them the quick ones, which end first, would make every machine
/// look quick.
/// </summary>
/// <remarks>
/// Beyond the longest run seen the chance of ending is taken to be the same in every epoch, namely the rate per run and epoch of all
/// before; at the epoch limit every run ends. Outcomes are shared out likewise (Aalen and Johansen).
/// </remarks>
sealed class SurvivalCurve
{
    readonly int[] _epochs;
    readonly double[] _survival;
    readonly double _hazard;
    readonly int _last;
    readonly int _limit;

    SurvivalCurve(int[] epochs, double[] survival, double hazard, int last, int limit, double notConverged, double diverged)
    {
        (_epochs, _survival, _hazard, _last, _limit) = (epochs, survival, hazard, last, limit);
        var atLimit = End * Math.Pow(1 - hazard, limit - last);
        (NotConverged, Diverged) = (notConverged + atLimit, diverged);
        (Mean, Variance) = Moments();
    }

    /// <summary>Expected epochs of a network, 1 … limit.</summary>
    public double Mean { get; }

    public double Variance { get; }

    /// <summary>Share that reaches the limit without having converged.</summary>
    public double NotConverged { get; }

    public double Diverged { get; }

    public double Converged => Math.Max(0, 1 - NotConverged - Diverged);

    /// <summary>The survival after the last run seen; above 0 when that one still runs.</summary>
    double End => _survival.Length == 0 ? 1 : _survival[^1];

    /// <summary>Runs all of the same length.</summary>
    public static SurvivalCurve Constant(int epochs) => new([epochs], [0], 0, epochs, epochs, 0, 0);

    /// <param name="groups">Ascending in epochs. Weights are numbers of networks, or random weights about them.</param>
    /// <param name="limit">The recipe's epoch limit.</param>
    /// <param name="late">What the rate of ending is multiplied by beyond the longest run seen.</param>
    public static SurvivalCurve Of(IReadOnlyList<RunGroup> groups, int limit, double late = 1)
    {
        var atRisk = groups.Sum(group => group.Weight);
        var runEpochs = groups.Sum(group => group.Weight * group.Epochs);
        var ended = groups.Sum(group => group.Ended);
        var (epochs, survival) = (new List<int>(), new List<double>());
        var (share, notConverged, diverged) = (1.0, 0.0, 0.0);
        foreach (var group in groups)
        {
            if (group.Ended > 0)
            {
                notConverged += share * group.NotConverged / atRisk;
                diverged += share * group.Diverged / atRisk;
                share *= Math.Max(0, 1 - (group.Ended / atRisk));
                if (share < 1e-9) share = 0;
                epochs.Add(group.Epochs);
                survival.Add(share);
            }

            atRisk = Math.Max(atRisk - group.Weight, 1e-12);
        }

        var last = Math.Min(groups.Count == 0 ? 0 : groups[^1].Epochs, limit);
        var hazard = runEpochs > 0 ? Math.Min(1, late * ended / runEpochs) : 0;
        return new SurvivalCurve([.. epochs], [.. survival], hazard, last, limit, notConverged, diverged);
    }

    /// <summary>The epochs of a network that has done <paramref name="done"/> without ending.</summary>
    /// <param name="uniform">0 … 1.</param>
    public double Draw(double uniform, int done = 0)
    {
        var level = uniform * After(done);
        if (level > End)
        {
            // The first epoch after which fewer are left than the level.
            var (low, high) = (0, _survival.Length - 1);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (_survival[middle] < level) high = middle;
                else low = middle + 1;
            }

            if (_epochs[low] > done) return _epochs[low];
        }

        var from = Math.Max(done, _last);
        if (from >= _limit) return Math.Max(done, _limit);
        var left = End > 0 && done < _last ? level / End : uniform;
        if (_hazard <= 0 || left <= 0) return _limit;
        return _hazard >= 1 ? from + 1 : Math.Min(_limit, from + Math.Ceiling(Math.Log(left) / Math.Log(1 - _hazard)));
    }

    /// <summary>Share still training after <paramref name="epochs"/>.</summary>
    double After(int epochs)
    {
        var at = Array.BinarySearch(_epochs, epochs);
        if (at < 0) at = ~at - 1;
        return at < 0 ? 1 : _survival[at];
    }

    (double Mean, double Variance) Moments()
    {
        var (mean, squares, before) = (0.0, 0.0, 1.0);
        for (var i = 0; i < _epochs.Length; i++)
        {
            mean += (before - _survival[i]) * _epochs[i];
            squares += (before - _survival[i]) * _epochs[i] * _epochs[i];
            before = _survival[i];
        }

        for (var epoch = _last + 1; epoch <= _limit && before > 1e-9; epoch++)
        {
            var ends = epoch == _limit ? before : before * _hazard;
            mean += ends * epoch;
            squares += ends * epoch * epoch;
            before -= ends;
        }

        // Only when all runs seen stand at the limit and none has been recorded as ended.
        mean += before > 1e-9 ? before * _limit : 0;
        squares += before > 1e-9 ? before * _limit * _limit : 0;
        return (mean, Math.Max(0, squares - (mean * mean)));
    }
}

/// <summary>Networks of one machine that were seen to do a number of epochs.</summary>
/// <param name="Running">Those that did not end there.</param>
readonly record struct RunGroup(int Epochs, double Converged, double NotConverged, double Diverged, double Running)
{
    public double Ended => Converged + NotConverged + Diverged;

    public double Weight => Ended + Running;
}
