using Mlds.Analysis.Data;

namespace Mlds.Analysis.Questions;

/// <summary>The detectors that the paper argues against: single numbers that everyone has without looking at weights.</summary>
static class Rivals
{
    internal static IReadOnlyList<(string Name, Func<NetworkLabel, double?> Value)> All { get; } =
    [
        ("validation_loss", label => label.ValidationLoss),
        ("training_loss", label => label.TrainingLoss),
        ("epochs", label => label.Epochs),
    ];

    /// <summary>The values of <paramref name="rows"/>, or null if the source lacks one.</summary>
    internal static double[]? Values(QuestionContext context, Func<NetworkLabel, double?> value, int[] rows)
    {
        var values = rows.Select(row => value(context.Labels[row])).ToArray();
        return values.Any(v => v is null) ? null : Array.ConvertAll(values, v => v!.Value);
    }
}
