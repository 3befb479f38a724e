using Mlds.Analysis.Data;

namespace Mlds.Analysis.Questions;

/// <summary>The detectors that the paper argues against: single numbers that everyone has without looking at weights.</summary>
static class Rivals
{
    const string LongLoss = "long_loss";

    static readonly (string Name, Func<NetworkLabel, double?> Value)[] s_always =
    [
        ("validation_loss", label => label.ValidationLoss),
        ("training_loss", label => label.TrainingLoss),
        ("epochs", label => label.Epochs),
    ];

    /// <summary>
    /// Measures that anybody can take. What is measured on triggered examples is none: who has the trigger needs no detector.
    /// </summary>
    static readonly string[] s_measures = ["test_accuracy"];

    /// <summary>
    /// Losses and epochs; and where all networks have been measured on examples without triggers, what was measured, with the loss there.
    /// </summary>
    internal static IReadOnlyList<(string Name, Func<NetworkLabel, double?> Value)> Of(WeightMatrix networks)
    {
        bool Has(string name) => networks.Labels.All(label => label.Measures.Any(measure => measure.Key == name));
        string[] measures = networks.Networks == 0 ? [] : [.. s_measures.Where(Has)];
        return measures.Length == 0
            ? s_always
            :
            [
                .. s_always, (LongLoss, label => label.LongLoss),
                .. measures.Select(name => (name, (Func<NetworkLabel, double?>)(label => label.Measure(name)))),
            ];
    }

    /// <summary>Whether the rival is there only where networks have been measured.</summary>
    internal static bool IsMeasure(string name) => name == LongLoss || s_measures.Contains(name);

    /// <summary>The values of <paramref name="rows"/>, or null if the source lacks one.</summary>
    internal static double[]? Values(QuestionContext context, Func<NetworkLabel, double?> value, int[] rows)
    {
        var values = rows.Select(row => value(context.Labels[row])).ToArray();
        return values.Any(v => v is null) ? null : Array.ConvertAll(values, v => v!.Value);
    }
}
