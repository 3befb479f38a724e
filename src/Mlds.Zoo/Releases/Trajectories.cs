using System.Globalization;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;

namespace Mlds.Zoos.Releases;

/// <summary>
/// <c>trajectories/</c>: the weights of every network at every milestone, end to end in <c>weights.npy</c>, network by network in the order
/// of the release, and <c>milestones.csv</c> to say which row is which. Weights come from the zoo where it kept them. What it didn't keep
/// is trained again: a network is a function of its recipe. Either way they must have the milestone's recorded SHA-256.
/// </summary>
sealed class Trajectories
{
    public const string Folder = "trajectories";
    public const string WeightsFile = "trajectories/weights.npy";
    public const string IndexFile = "trajectories/milestones.csv";

    /// <summary>Networks per thread that are trained again between two writes; all their milestones are in memory.</summary>
    const int BlockPerThread = 2;

    readonly ReleaseSource _source;
    readonly ExampleCache _examples = new();

    public Trajectories(ReleaseSource source) => _source = source;

    /// <summary>A network with what is recorded of it and found in the zoo; <c>Weights</c> grows to one vector per milestone.</summary>
    sealed record Course(
        int Row, StoredNetwork Network, Recipe Recipe, IReadOnlyList<Milestone> Milestones, Checkpoint? From, float[]?[] Weights);

    /// <param name="report">Networks done.</param>
    /// <exception cref="ZooException">Weights that differ from their record; the message names the network.</exception>
    public void Write(string folder, Action<int> report, CancellationToken cancellation)
    {
        var networks = _source.Plan.Networks;
        var rows = networks.Sum(released => (long)_source.Zoo.Milestones(released.Network).Count);
        using var weights = new NpyFile(Path.Combine(folder, WeightsFile), rows, _source.Layout.Parameters);
        using var index = new StreamWriter(Path.Combine(folder, IndexFile), append: false) { NewLine = "\n" };
        index.WriteLine("row,network,epoch,validation_loss,weights_sha256");
        var (block, written) = (BlockPerThread * _source.Options.Threads, 0L);
        for (var start = 0; start < networks.Count; start += block)
        {
            var courses = Enumerable.Range(start, Math.Min(block, networks.Count - start))
                .Select(row => Read(row, networks[row].Network)).ToList();
            Complete(courses, cancellation);
            foreach (var course in courses)
            {
                for (var i = 0; i < course.Milestones.Count; i++)
                {
                    var milestone = course.Milestones[i];
                    weights.WriteRow(course.Weights[i]);
                    index.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{written++},{course.Row},{milestone.Epoch},{milestone.ValidationLoss},{milestone.WeightsSha256}"));
                }

                report(course.Row + 1);
            }
        }
    }

    /// <summary>What the zoo has: the last milestone is the trained network, those before it may have been kept.</summary>
    Course Read(int row, StoredNetwork network)
    {
        var zoo = _source.Zoo;
        var milestones = zoo.Milestones(network);
        var kept = zoo.KeptEpochs(network).ToHashSet();
        var weights = new float[]?[milestones.Count];
        var from = default(Checkpoint);
        for (var i = 0; i < weights.Length; i++)
        {
            if (milestones[i].WeightsSha256 == network.WeightsSha256)
            {
                weights[i] = zoo.ReadWeights(network);
            }
            else if (kept.Contains(milestones[i].Epoch) && zoo.Kept(network, milestones[i].Epoch) is var checkpoint)
            {
                weights[i] = checkpoint.Weights;
                // Whatever is missing later is trained from here.
                if (!weights.AsSpan(0, i).Contains(null)) from = checkpoint;
            }
        }

        return new Course(row, network, zoo.ReadRecipe(network), milestones, from, weights);
    }

    void Complete(List<Course> courses, CancellationToken cancellation)
    {
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = _source.Options.Threads, CancellationToken = cancellation };
            Parallel.ForEach(courses, options, course => Complete(course, cancellation));
        }
        catch (AggregateException exception) when (exception.InnerExceptions.FirstOrDefault(
            inner => inner is ZooException or OperationCanceledException) is { } first)
        {
            throw first;
        }
    }

    void Complete(Course course, CancellationToken cancellation)
    {
        var last = Array.FindLastIndex(course.Weights, weights => weights is null);
        if (last >= 0) Train(course, course.Milestones[last].Epoch, cancellation);
        for (var i = 0; i < course.Milestones.Count; i++)
        {
            if (course.Weights[i] is { } weights && WeightsHash.Of(weights) == course.Milestones[i].WeightsSha256) continue;
            var network = course.Network;
            throw new ZooException(
                $"Network {network.RecipeId} ({network.Machine}, seed {network.Seed}) has at epoch {course.Milestones[i].Epoch} "
                + $"other weights than its record says ({course.Milestones[i].WeightsSha256[..12]} …); nothing was released.");
        }
    }

    /// <summary>Trains to <paramref name="epoch"/> and takes the weights of milestones on the way that are not there yet.</summary>
    void Train(Course course, int epoch, CancellationToken cancellation)
    {
        using var run = new TrainingRun(course.Recipe, _examples.Of(course.Recipe.Task), course.From);
        var next = 0;
        while (run.Outcome is null && run.Epoch < epoch)
        {
            cancellation.ThrowIfCancellationRequested();
            run.NextEpoch();
            while (next < course.Milestones.Count && course.Milestones[next].Epoch < run.Epoch) next++;
            if (next < course.Milestones.Count && course.Milestones[next].Epoch == run.Epoch)
                course.Weights[next] ??= run.Checkpoint().Weights;
        }
    }
}
