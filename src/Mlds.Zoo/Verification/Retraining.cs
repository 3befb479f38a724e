using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos.Verification;

/// <summary>
/// Trains networks, or segments between two kept checkpoints, again and compares every bit that is recorded. The exact proof of learning.
/// </summary>
sealed class Retraining(IVerifiable source, NetworkChecks checks, VerificationLog log, VerificationOptions options)
{
    /// <summary>A segment of a network's training: from the initial weights (0) or a kept checkpoint to the next kept one.</summary>
    readonly record struct Segment(StoredNetwork Network, int From, int To);

    /// <summary>Work that is ready for any thread.</summary>
    sealed record Course(StoredRun Run, Recipe Recipe, TrainingData Data, Checkpoint? From, Checkpoint? To);

    public IReadOnlyList<Retrained> Networks(Action<int> report, CancellationToken cancellation)
    {
        log.Begin(
            Checks.Retrained,
            $"{options.Retrain} networks, drawn with seed {options.Seed} and trained again from their recipes, give the recorded weights, "
            + "history, milestones and losses, bit for bit");
        var drawn = Draw.Balanced(source.Networks, network => network.Machine, network => network.RecipeId, options.Retrain, options.Seed);
        if (drawn.Count < options.Retrain) log.Note(Checks.Retrained, $"there are only {drawn.Count} networks");
        var courses = drawn.Select(network => Ready(Checks.Retrained, network)).OfType<Course>().ToList();
        return All(courses, Checks.Retrained, course => Whole(course, cancellation), report, cancellation);
    }

    public IReadOnlyList<Retrained> Segments(Action<int> report, CancellationToken cancellation)
    {
        log.Begin(
            Checks.Segments,
            $"{options.Segments} segments between kept checkpoints, drawn with seed {options.Seed}, "
            + "trained again from the one, give the other, bit for bit, the optimiser's state included");
        var all = source.Networks.SelectMany(network =>
        {
            var kept = source.KeptEpochs(network);
            return kept.Select((to, i) => new Segment(network, i == 0 ? 0 : kept[i - 1], to));
        });
        var drawn = Draw.Balanced(
            all, segment => segment.Network.Machine, segment => $"{segment.Network.RecipeId} {segment.To}", options.Segments, options.Seed);
        if (drawn.Count < options.Segments) log.Note(Checks.Segments, $"there are only {drawn.Count} segments");
        var courses = drawn.Select(Ready).OfType<Course>().ToList();
        return All(courses, Checks.Segments, course => Part(course, cancellation), report, cancellation);
    }

    Course? Ready(string check, StoredNetwork network)
    {
        var run = source.Run(network, log);
        if (run?.Recipe?.Task.MissingFile is { } missing)
        {
            log.Doubt(check, network, $"it can't be trained again: {missing}");
            return null;
        }

        if (run is { Recipe: { } recipe } && checks.Data(recipe) is { } data)
            return new Course(run, recipe, data, null, null);
        log.Doubt(check, network, "it can't be trained again: its recipe can't be read or doesn't lead to its data");
        return null;
    }

    Course? Ready(Segment segment)
    {
        if (Ready(Checks.Segments, segment.Network) is not { } course) return null;
        var from = course.Run.Kept.FirstOrDefault(checkpoint => checkpoint.Epoch == segment.From);
        var to = course.Run.Kept.FirstOrDefault(checkpoint => checkpoint.Epoch == segment.To);
        if (to is not null && (from is not null || segment.From == 0)) return course with { From = from, To = to };
        log.Doubt(
            Checks.Segments, segment.Network,
            $"the segment from epoch {segment.From} to {segment.To} can't be trained again: a kept checkpoint of it can't be read");
        return null;
    }

    /// <summary>The longest first, so that no thread is left alone with one at the end.</summary>
    List<Retrained> All(
        List<Course> courses, string check, Func<Course, Retrained> train, Action<int> report, CancellationToken cancellation)
    {
        var results = new Retrained?[courses.Count];
        var order = Enumerable.Range(0, courses.Count).OrderByDescending(i => Cost(courses[i])).ToList();
        var done = 0;
        report(0);
        Parallel.ForEach(
            System.Collections.Concurrent.Partitioner.Create(order, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation },
            i =>
            {
                log.Try(check, courses[i].Run.Network, () => results[i] = train(courses[i]));
                log.Count(check);
                lock (results) report(++done);
            });
        return [.. results.OfType<Retrained>()];
    }

    static double Cost(Course course) => (double)((course.To?.Epoch ?? course.Run.Network.Epochs)
        - (course.From?.Epoch ?? 0)) * course.Recipe.Task.TrainingCount * course.Recipe.Task.Steps;

    Retrained Whole(Course course, CancellationToken cancellation)
    {
        var network = course.Run.Network;
        var recorded = new RecordedRun(
            course.Recipe, null, network.Epochs, network.Outcome, network.WeightsSha256,
            course.Run.History ?? [], course.Run.Milestones ?? [])
        {
            LongLoss = network.LongLoss,
        };
        return Again(Checks.Retrained, course, recorded, "trained again from its recipe", cancellation);
    }

    Retrained Part(Course course, CancellationToken cancellation)
    {
        var (network, to) = (course.Run.Network, course.To!);
        var outcome = to.Epoch == network.Epochs ? network.Outcome : (Outcome?)null;
        var recorded = new RecordedRun(
            course.Recipe, course.From, to.Epoch, outcome, WeightsHash.Of(to.Weights), to.History, to.Milestones)
        { State = to };
        var how = $"trained again from epoch {course.From?.Epoch ?? 0} to {to.Epoch}";
        return Again(Checks.Segments, course, recorded, how, cancellation);
    }

    Retrained Again(string check, Course course, RecordedRun recorded, string how, CancellationToken cancellation)
    {
        var network = course.Run.Network;
        var again = ReplayedRun.Of(recorded, course.Data, stopEarly: false, cancellation);
        if (!again.IsSame)
        {
            log.Doubt(check, network, $"{how} it has other {string.Join(", ", again.Differences)}; "
                + $"recorded {network.Provenance.Origin}, here {again.Here.Origin}");
        }

        return new Retrained(
            network.RecipeId, network.Machine, network.Seed, recorded.From?.Epoch ?? 0, recorded.Epochs, again.IsSame,
            recorded.WeightsSha256, again.WeightsSha256, network.Provenance, again.Here);
    }
}
