using System.Diagnostics;
using Mlds.Kernels;
using Mlds.Kernels.Optimizers;
using Mlds.Kernels.Random;
using Mlds.Networks;
using Mlds.Recipes;
using Mlds.Tasks;

namespace Mlds.Training;

/// <summary>
/// One recipe being carried out, an epoch at a time, so that whoever drives it can show it, checkpoint it or stop it between epochs.
/// Not thread-safe; use one run per thread. docs/decisions/0001 has every rule that its bits depend on.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    readonly TrainingData _data;
    readonly NetworkKernels _kernels;
    readonly float[] _weights;
    readonly Optimizer _optimizer;
    readonly float[] _gradient;
    readonly int[] _order;
    readonly int[] _validationRows;
    readonly List<EpochRecord> _history = [];
    readonly List<Milestone> _milestones = [];
    readonly LearningRate _rate;
    double _coreSeconds;

    /// <param name="recipe">What to train.</param>
    /// <param name="data">Its data; <c>data.Sha256</c> must be <c>recipe.DataSha256</c>.</param>
    /// <param name="from">Where to go on, or null to begin.</param>
    /// <param name="kernelSet">A kernel set by name; null for the fastest. No effect on bits.</param>
    /// <exception cref="ArgumentException">The data or the checkpoint are of another recipe.</exception>
    public TrainingRun(Recipe recipe, TrainingData data, Checkpoint? from = null, string? kernelSet = null)
    {
        if (data.Sha256 != recipe.DataSha256)
        {
            throw new ArgumentException(
                $"The recipe {recipe.Id} wants data {recipe.DataSha256}, but these are {data.Sha256}.", nameof(data));
        }

        if (from is not null && from.RecipeId != recipe.Id)
            throw new ArgumentException($"The checkpoint is of recipe {from.RecipeId}, not of {recipe.Id}.", nameof(from));

        var started = Stopwatch.GetTimestamp();
        (Recipe, _data) = (recipe, data);
        var layout = recipe.Network.Layout;
        var settings = recipe.Training.Optimizer;
        _weights = from is null ? InitialWeights.Draw(layout, recipe.Seed, recipe.Training.InitialScale) : [.. from.Weights];
        float[][] state = from is null
            ? [.. Enumerable.Range(0, settings.StateVectors).Select(_ => new float[layout.Parameters])]
            : [.. from.OptimizerState.Select(vector => (float[])vector.Clone())];
        if (state.Length != settings.StateVectors)
        {
            throw new ArgumentException(
                $"The checkpoint holds {state.Length} vectors of an optimiser that remembers {settings.StateVectors}.", nameof(from));
        }

        if (state.Append(_weights).Any(vector => vector.Length != layout.Parameters))
        {
            throw new ArgumentException(
                $"The checkpoint holds {_weights.Length} weights, but the recipe's network has {layout.Parameters}.", nameof(from));
        }

        _optimizer = settings.Create(state, kernelSet);
        _gradient = new float[layout.Parameters];
        _order = new int[data.Training.Count];
        _validationRows = Evaluation.AllRows(data.Validation);
        _rate = new LearningRate(recipe.Training);
        _kernels = recipe.Network.CreateKernels(data.Training, kernelSet);
        if (from is not null) Resume(from);
        Times = new TrainingTimes { Preparation = Since(ref started) };
    }

    public Recipe Recipe { get; }

    /// <summary>Epochs done.</summary>
    public int Epoch => _history.Count;

    public IReadOnlyList<EpochRecord> History => _history;

    /// <summary>How the run ended, or null while it goes on.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>Whether the last epoch ended with a milestone.</summary>
    public bool IsAtMilestone => _milestones.Count > 0 && _milestones[^1].Epoch == Epoch;

    /// <summary>Seconds that a core was at work on this run so far, over all pauses and resumptions.</summary>
    public double CoreSeconds => _coreSeconds;

    /// <summary>Where the time went since this run was made.</summary>
    public TrainingTimes Times { get; private set; }

    /// <summary>
    /// Called after every step of an epoch with the share of the epoch's steps done, on the thread that trains. It may wait, which pauses
    /// the run; if it throws, the epoch is lost and the run can't go on: take its checkpoint before <see cref="NextEpoch"/>.
    /// </summary>
    public Action<double>? OnStep { get; set; }

    /// <summary>Steps of gradient descent per epoch.</summary>
    int Batches => (_order.Length + Recipe.Training.Batch - 1) / Recipe.Training.Batch;

    /// <summary>Trains one epoch and validates. Call only while <see cref="Outcome"/> is null.</summary>
    public EpochRecord NextEpoch()
    {
        if (Outcome is not null) throw new InvalidOperationException($"The run has ended with {Outcome}.");
        var started = CoreClock.Seconds;
        var clock = Stopwatch.GetTimestamp();
        Shuffle();
        var shuffle = Since(ref clock);
        var sum = Descend();
        var steps = Since(ref clock);
        _kernels.SetWeights(_weights);
        var record = new EpochRecord(
            Epoch + 1,
            Evaluation.Mean(_kernels, sum, _data.Training),
            Evaluation.Loss(_kernels, _data.Validation, _validationRows),
            (float)_rate.Current);
        var validation = Since(ref clock);
        _history.Add(record);
        _rate.After(record.ValidationLoss);
        Outcome = End(record);
        if (Outcome is not null || record.Epoch % Recipe.Training.MilestoneEvery == 0) AddMilestone(record);
        Times = Times with
        {
            Shuffles = Times.Shuffles + shuffle,
            Steps = Times.Steps + steps,
            Validation = Times.Validation + validation,
            Milestones = Times.Milestones + Since(ref clock),
        };
        _coreSeconds += CoreClock.Seconds - started;
        return record;
    }

    /// <summary>The state after the last epoch.</summary>
    public Checkpoint Checkpoint() => new(
        Recipe.Id, [.. _weights], [.. _optimizer.State.Select(vector => (float[])vector.Clone())],
        [.. _history], [.. _milestones], _coreSeconds);

    /// <summary>Where this run is being trained.</summary>
    /// <param name="coreSeconds">Of the part that was trained here.</param>
    public Provenance ProvenanceHere(double coreSeconds) => Provenance.Here(_kernels.Name, coreSeconds);

    /// <summary>The trained network. Call once <see cref="Outcome"/> is set.</summary>
    public TrainedNetwork Finish()
    {
        if (Outcome is not { } outcome) throw new InvalidOperationException("The run has not ended yet.");
        var started = CoreClock.Seconds;
        var clock = Stopwatch.GetTimestamp();
        _kernels.SetWeights(_weights);
        var longLoss = Evaluation.Loss(_kernels, _data.LongTest, Evaluation.AllRows(_data.LongTest));
        var measures = Recipe.Task.Measure(_data, examples => Evaluation.Outputs(_kernels, examples));
        Times = Times with { LongTest = Since(ref clock) };
        var seconds = _coreSeconds + CoreClock.Seconds - started;
        return new TrainedNetwork(
            Recipe, outcome, Epoch, _history[^1].ValidationLoss, longLoss, [.. _weights], [.. _history],
            [.. _milestones], Provenance.Here(_kernels.Name, seconds))
        {
            Measures = measures,
        };
    }

    public void Dispose() => _kernels.Dispose();

    /// <summary>Seconds since <paramref name="timestamp"/>, which is then set to now.</summary>
    static double Since(ref long timestamp)
    {
        var (from, now) = (timestamp, Stopwatch.GetTimestamp());
        timestamp = now;
        return Stopwatch.GetElapsedTime(from, now).TotalSeconds;
    }

    /// <summary>One pass over the shuffled training examples; returns the sum of the losses met on the way.</summary>
    double Descend()
    {
        var spec = Recipe.Training;
        var sum = 0.0;
        for (var start = 0; start < _order.Length; start += spec.Batch)
        {
            var batch = _order.AsSpan(start, Math.Min(spec.Batch, _order.Length - start));
            _kernels.SetWeights(_weights);
            sum += _kernels.Gradient(_data.Training, batch, _gradient);
            _optimizer.Step(_rate.Current, Clip(), _gradient, _weights);
            OnStep?.Invoke((double)(start + batch.Length) / _order.Length);
        }

        return sum;
    }

    void Shuffle()
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        var random = new PhiloxStream(Recipe.Seed, RandomStream.Shuffles, (uint)(Epoch + 1));
        random.Shuffle(_order);
    }

    /// <summary>
    /// What to multiply the gradient by so that its norm is at most the recipe's: the sum of squares in double, in the order of the
    /// weights.
    /// </summary>
    float Clip()
    {
        if (Recipe.Training.ClipNorm == 0) return 1f;
        var squares = 0.0;
        foreach (var g in _gradient) squares += (double)g * g;
        var norm = Math.Sqrt(squares);
        return norm > Recipe.Training.ClipNorm ? (float)(Recipe.Training.ClipNorm / norm) : 1f;
    }

    /// <summary>How a run ends with an epoch, or null when it goes on.</summary>
    internal static Outcome? OutcomeAfter(TrainingSpec spec, EpochRecord record)
    {
        if (!float.IsFinite(record.TrainingLoss) || !float.IsFinite(record.ValidationLoss)) return Training.Outcome.Diverged;
        if (record.ValidationLoss <= (float)spec.GoalLoss) return Training.Outcome.Converged;
        return record.Epoch >= spec.EpochLimit ? Training.Outcome.NotConverged : null;
    }

    Outcome? End(EpochRecord record)
    {
        var outcome = OutcomeAfter(Recipe.Training, record);
        if (outcome != Training.Outcome.Diverged) return outcome;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (float.IsNaN(_weights[i])) _weights[i] = Evaluation.CanonicalNaN;
        }

        return outcome;
    }

    void AddMilestone(EpochRecord record)
    {
        var previous = _milestones.Count == 0 ? Recipe.Id : _milestones[^1].Chain;
        _milestones.Add(Milestone.Link(previous, record.Epoch, record.ValidationLoss, WeightsHash.Of(_weights)));
    }

    /// <summary>What a checkpoint doesn't hold follows from the recipe and the history.</summary>
    void Resume(Checkpoint from)
    {
        foreach (var record in from.History)
        {
            _history.Add(record);
            _rate.After(record.ValidationLoss);
            for (var step = 0; step < Batches; step++) _optimizer.Skip();
        }

        _milestones.AddRange(from.Milestones);
        _coreSeconds = from.CoreSeconds;
        if (_history.Count > 0) Outcome = End(_history[^1]);
    }
}
