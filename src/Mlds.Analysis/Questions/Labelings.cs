using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>The true labels followed by their shuffled controls.</summary>
static class Labelings
{
    internal static int[][] WithShuffles(QuestionContext context, int[] labels, int[] folds, int shuffles, string question, int number) =>
        [labels, .. Enumerable.Range(0, shuffles)
            .Select(shuffle => Folds.Shuffled(labels, folds, context.Random(question, number, shuffle)))];
}
