using System.Diagnostics;
using Mlds.Bundles;
using Mlds.Kernels;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary>
/// Works on one work unit, network after network. Finished networks are in a journal and the one being trained is in a checkpoint, so that
/// the unit can be paused between two steps and stopped or killed at any moment; the next run goes on from there to the same bits.
/// </summary>
/// <param name="journal">Where finished networks are kept.</param>
/// <param name="checkpointPath">Where the network being trained is kept.</param>
/// <param name="every">The disk is written to no more often than this.</param>
sealed class UnitRun(Bundle bundle, UnitJournal journal, string checkpointPath, TimeSpan every, UnitControl control)
{
    /// <summary>Epochs assumed for a network until one of the unit has ended: only the progress bar that the volunteer sees depends on
    /// it.</summary>
    const double UsualEpochs = 30;

    readonly CheckpointFile _checkpoint = new(checkpointPath);
    readonly List<TrainedPart> _parts = [];
    readonly List<TrainedPart> _unwritten = [];
    long _written = Stopwatch.GetTimestamp();
    double _fraction;
    TrainingData? _data;

    /// <summary>Share of the unit that is done, 0 … 1; never falls. For any thread.</summary>
    public double Fraction => Volatile.Read(ref _fraction);

    /// <summary>Called whenever everything done so far is on the disk.</summary>
    public Action? OnWritten { get; set; }

    /// <summary>Called with each finished network; for a log.</summary>
    public Action<int, TrainedPart>? OnPart { get; set; }

    /// <summary>Works until the unit is done.</summary>
    /// <param name="knownAnswer">What the known-answer test gave.</param>
    /// <exception cref="OperationCanceledException">Told to stop; what was done is on the disk.</exception>
    public BundleResult Run(string knownAnswer)
    {
        _parts.AddRange(journal.Read());
        while (_parts.Count < bundle.Networks.Count) Train(bundle.Networks[_parts.Count]);
        Write(null);
        return new BundleResult(bundle.Sha256, Provenance.Here(KernelSet.Best), knownAnswer, _parts);
    }

    void Train(BundleNetwork asked)
    {
        using var run = new TrainingRun(asked.Recipe, Data(asked.Recipe), Begun(asked) ?? asked.From);
        var (last, usual) = (TrainedPart.LastEpoch(asked, bundle.EpochLimit), Usual(asked));
        void Progress(double epochs) =>
            Volatile.Write(ref _fraction, Math.Max(_fraction, (_parts.Count + Share(epochs, usual)) / bundle.Networks.Count));
        Checkpoint before;
        run.OnStep = share =>
        {
            Progress(run.Epoch - asked.Begun + share);
            control.Meet();
        };
        while (run.Outcome is null && run.Epoch < last)
        {
            before = run.Checkpoint();
            try
            {
                control.Meet();
                run.NextEpoch();
            }
            catch (OperationCanceledException)
            {
                // The begun epoch is lost, which costs a second or so and no bit.
                Write(before);
                throw;
            }

            if (Stopwatch.GetElapsedTime(_written) >= every) Write(run.Checkpoint());
        }

        var part = TrainedPart.Of(run);
        OnPart?.Invoke(_parts.Count, part);
        _parts.Add(part);
        _unwritten.Add(part);
        Progress(0);
        if (Stopwatch.GetElapsedTime(_written) >= every) Write(null);
    }

    /// <summary>Puts on the disk what isn't there yet.</summary>
    /// <param name="training">The network being trained, or null between two networks.</param>
    void Write(Checkpoint? training)
    {
        if (_unwritten.Count > 0) journal.Append(_unwritten);
        _unwritten.Clear();
        if (training is { Epoch: > 0 }) _checkpoint.Write(training);
        _written = Stopwatch.GetTimestamp();
        OnWritten?.Invoke();
    }

    /// <summary>
    /// What an earlier run left of this network. A checkpoint of another network is an old one; a damaged one costs time, never bits.
    /// </summary>
    Checkpoint? Begun(BundleNetwork asked)
    {
        try
        {
            return _checkpoint.Read(asked.Recipe.Id) is { } found && found.Epoch >= asked.Begun ? found : null;
        }
        catch (FailureException)
        {
            return null;
        }
    }

    TrainingData Data(Recipe recipe)
    {
        if (_data?.Sha256 == recipe.DataSha256) return _data;
        // One set at a time: memory is what volunteers are least willing to lend.
        _data = null;
        var data = recipe.Task.Generate();
        return data.Sha256 == recipe.DataSha256
            ? _data = data
            : throw new FailureException(
                $"The recipe {recipe.Id} wants data {recipe.DataSha256}, but its machine and its data seed give {data.Sha256}: "
                + "the bundle was altered, or this program is damaged.");
    }

    double Usual(BundleNetwork asked)
    {
        var ended = _parts.Zip(bundle.Networks).Where(pair => pair.First.Recipe.MachineName == asked.Recipe.MachineName).ToList();
        return ended.Count == 0
            ? Math.Min(UsualEpochs, bundle.EpochLimit)
            : ended.Average(pair => pair.First.State.Epoch - pair.Second.Begun);
    }

    /// <summary>Linear up to nine tenths at the usual length of a run, then ever more slowly: a run may take much longer.</summary>
    static double Share(double epochs, double usual) => epochs <= usual ? 0.9 * epochs / usual : 1 - (0.1 * usual / epochs);
}
