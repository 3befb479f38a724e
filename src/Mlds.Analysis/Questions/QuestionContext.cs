using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;

namespace Mlds.Analysis.Questions;

/// <summary>What every question is asked of: the converged networks, seen in every view.</summary>
sealed class QuestionContext
{
    /// <param name="population">All networks, whatever their outcome.</param>
    /// <param name="networks">Those that questions are asked of, unless they say otherwise.</param>
    /// <param name="kept">Where views lie that aren't in memory; null for a temporary folder.</param>
    internal QuestionContext(
        WeightMatrix population, WeightMatrix networks, AnalysisOptions options, CancellationToken cancellation, WorkFolder? kept = null)
    {
        (Population, Networks, Options, Cancellation) = (population, networks, options, cancellation);
        Memory = MemoryPlan.Of(
            [
                (networks.Layout, population.Networks),
                .. population.OtherShapes.Select(other => (other.Layout, (long)other.Networks)),
            ],
            options.Views);
        Features = new ViewStore(options.Views, networks, Memory.ForViews(options.Memory), kept ?? WorkFolder.None);
        Rivals = Questions.Rivals.Of(networks);
        string[] columns = ["epochs", "validation_loss", .. Rivals.Select(rival => rival.Name).Where(Questions.Rivals.IsMeasure)];
        var numbers = columns.Select(name => Rivals.First(rival => rival.Name == name).Value).ToArray();
        var metadata = networks.Labels.SelectMany(label => numbers.Select(number => number(label)!.Value));
        Metadata = new FeatureMatrix([.. metadata], networks.Networks, columns);
        HasManyMachines = ManyMachines.AppliesTo(networks) is null;
        var shuffles = HasManyMachines ? Math.Min(ManyMachines.Shuffles, options.RidgeShuffles) : options.RidgeShuffles;
        Methods =
        [
            (new Ridge(RidgeOptions.Default), shuffles),
            (new RandomForest(new ForestOptions(options.Trees, Seed: options.Seed)), options.ForestShuffles),
        ];
    }

    /// <summary>All networks, whatever their outcome.</summary>
    internal WeightMatrix Population { get; }

    /// <summary>
    /// Those that questions are asked of, unless they say otherwise: the converged ones (<see cref="WeightAnalysis.Used"/>).
    /// </summary>
    internal WeightMatrix Networks { get; }

    /// <summary>What <see cref="Questions.Sweep.Of"/> has made.</summary>
    internal Sweep? Sweep { get; set; }

    internal AnalysisOptions Options { get; }

    internal CancellationToken Cancellation { get; }

    /// <summary>Whether this is a population of many machines (<see cref="ManyMachines"/>).</summary>
    internal bool HasManyMachines { get; }

    /// <summary>A class with fewer networks takes no part in a question.</summary>
    internal int MinimumPerClass => HasManyMachines
        ? Math.Min(Options.MinimumPerClassOfMany, Options.MinimumPerClass)
        : Options.MinimumPerClass;

    /// <summary>At most how many networks of a class take part in questions, by what those cost.</summary>
    internal Ceilings Ceilings => new(Options, Networks.Layout.Parameters);

    /// <summary>The answers so far, in the order of the questions.</summary>
    internal List<QuestionResult> Answered { get; } = [];

    /// <summary>Called from any thread when a part of a question is done.</summary>
    internal Action JobDone { get; init; } = () => { };

    /// <summary>One per view, in the order of the options' views. Not all of them may be in memory, so take one at a time.</summary>
    internal ViewStore Features { get; }

    internal MemoryPlan Memory { get; }

    /// <summary>
    /// What a detector without weights has to go by: epochs and final validation loss, and what was measured on examples without triggers.
    /// </summary>
    internal FeatureMatrix Metadata { get; }

    /// <summary>The single numbers that score beside the weights.</summary>
    internal IReadOnlyList<(string Name, Func<NetworkLabel, double?> Value)> Rivals { get; }

    /// <summary>The classifiers, each with the number of its shuffled-label controls.</summary>
    internal IReadOnlyList<(IClassifier Classifier, int Shuffles)> Methods { get; }

    /// <summary>The classifier of the metadata-only baseline: two columns need something that isn't linear.</summary>
    internal IClassifier MetadataMethod => Methods[1].Classifier;

    internal IReadOnlyList<NetworkLabel> Labels => Networks.Labels;

    /// <inheritdoc cref="WeightMatrix.AlteredShare"/>
    internal double AlteredShare(MachineLabel machine) => Networks.AlteredShare(machine);

    internal SeededRandom Random(string stream, params ReadOnlySpan<int> numbers) =>
        new(Options.Seed, SeededRandom.Stream(stream, numbers));

    /// <summary>
    /// Carries out independent jobs that need a view each, as many at once as there are cores and room for; where not all views fit in
    /// memory, those of one view after those of another. The results come in the order of the jobs.
    /// </summary>
    internal TResult[] ByView<TJob, TResult>(IReadOnlyList<TJob> jobs, Func<TJob, int> view, Func<TJob, TResult> run)
    {
        int[] all = [.. Enumerable.Range(0, jobs.Count)];
        var results = new TResult[jobs.Count];
        foreach (var group in Features.AllFit ? [all] : all.GroupBy(job => view(jobs[job])).Select(group => group.ToArray()))
        {
            var largest = group.Select(job => Features.Bytes(view(jobs[job]))).DefaultIfEmpty().Max();
            var loaded = Features.AllFit ? Enumerable.Range(0, Features.Count).Sum(Features.Resident) : largest;
            var room = (Options.Memory - Memory.Weights - loaded) / Math.Max(1, MemoryPlan.Working * largest);
            var done = InParallel(group, job => run(jobs[job]), (int)Math.Clamp(room, 1, int.MaxValue));
            foreach (var (job, result) in group.Zip(done)) results[job] = result;
        }

        return results;
    }

    /// <summary>Carries out independent jobs on all cores; the results come in the order of the jobs.</summary>
    /// <param name="most">Jobs at once, at most.</param>
    internal TResult[] InParallel<TJob, TResult>(IReadOnlyList<TJob> jobs, Func<TJob, TResult> run, int most = int.MaxValue)
    {
        // Without a limit, jobs that wait for work of their own let others begin, and each has its copies of the features.
        var options = Parallelism.Until(Cancellation);
        options.MaxDegreeOfParallelism = Math.Min(most, options.MaxDegreeOfParallelism);
        var results = new TResult[jobs.Count];
        Parallel.For(0, jobs.Count, options, i =>
        {
            results[i] = run(jobs[i]);
            MemoryBudget.Tidy();
            JobDone();
        });
        return results;
    }
}
