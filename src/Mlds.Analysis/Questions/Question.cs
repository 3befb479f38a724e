using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>A question of the report: to which populations it applies, and how it is asked of one.</summary>
/// <param name="Name">What to call it while it is being asked.</param>
/// <param name="AppliesTo">
/// Null if it can be asked of a population like this; else a sentence that says why not. It depends on the factors of the machines and on
/// what the source has, not on the outcomes of single networks, and looks at no weight.
/// </param>
/// <param name="Ask">Called only where the question applies. It may still be skipped there for lack of converged networks.</param>
sealed record Question(string Name, Asked Asked, Func<WeightMatrix, string?> AppliesTo, Func<QuestionContext, QuestionResult> Ask)
{
    /// <summary>All questions, in the order of the report. A question may look at the answers to earlier ones.</summary>
    internal static IReadOnlyList<Question> All { get; } =
    [
        WhichMachine.Question,
        WhichMachineUnsupervised.Question,
        Neighbours.Question,
        .. Contrast.All.SelectMany(contrast => Unseen.Of(contrast)
            .Select(unseen => ChangedUnseen.Question(contrast, unseen)).Prepend(ChangedSameMachine.Question(contrast))),
        LinearWeights.Question,
        PoisonFromWeights.Question,
        HowSmallAChange.Question,
        Divergence.Question,
        TwinsDistance.Question,
        TwinsDivergence.Question,
        Barriers.Question,
        TwinBarriers.Question,
        LossFromWeights.Question,
        ExactBehaviour.Question,
        NearestKnown.Question,
        MachineDistances.Question,
        Difficulty.Question,
        ExtractedAutomata.Question,
        LossAndGap.Question,
        FactorsFromWeights.Question,
    ];

    /// <summary>Ids of the questions whose answers this one is made from.</summary>
    internal IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>What asking costs, about: seconds of a core.</summary>
    internal Func<Workload, double> Work { get; init; } = _ => 0.5;

    /// <summary>Networks and machines that have no part in the question even where it doesn't apply, one sentence each.</summary>
    internal Func<QuestionContext, IReadOnlyList<string>> LeftOut { get; init; } = _ => [];

    /// <summary>The answer; or why there is none.</summary>
    /// <param name="population">All networks, whatever their outcome.</param>
    /// <param name="context">The converged ones.</param>
    internal QuestionResult Of(WeightMatrix population, QuestionContext context) =>
        AppliesTo(population) is { } reason ? Asked.Skip(reason, LeftOut(context)) : Ask(context);
}
