using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>
/// What is recorded of a network of images: shares of the test images, which are clean, or to all of which a trigger was added. An answer
/// is the class of the highest score, of equal ones the first; none where a score is no number.
/// </summary>
static class ImageMeasures
{
    internal const string TestAccuracy = "test_accuracy";
    internal const string TriggeredAccuracy = "triggered_accuracy";
    internal const string AttackSuccess = "attack_success";

    static readonly MeasureKind s_test = new(TestAccuracy, "Share of the clean test images that it answers right.");

    static readonly MeasureKind s_triggered = new(
        TriggeredAccuracy, "Share of the test images with its own trigger that it answers right.");

    static readonly MeasureKind s_attack = new(
        AttackSuccess,
        "Share of the test images with its own trigger, those of the target class left out, that it answers as its poisoning wants.");

    /// <summary>Every network's: clean ones are what poisoned ones are compared with.</summary>
    static readonly MeasureKind[] s_shipped = [.. Trigger.Names.Select(name => new MeasureKind(
        $"{name}_accuracy", $"Share of the test images with the trigger '{name}' that it answers right, whatever its own trigger is."))];

    internal static IReadOnlyList<MeasureKind> KindsOf(ImageTask task)
    {
        var kinds = new List<MeasureKind> { s_test };
        kinds.AddRange(s_shipped.Where((_, i) => Trigger.Named(Trigger.Names[i], task.Size) is not null));
        if (task.Poison is null) return kinds;
        kinds.Add(s_triggered);
        if (task.Poison.Label != PoisonedLabel.Kept) kinds.Add(s_attack);
        return kinds;
    }

    /// <param name="test">The clean test images.</param>
    internal static Measures Of(ImageTask task, Kernels.Shapes.Images test, Func<Examples, float[]> outputs)
    {
        var answered = new Dictionary<Trigger, int[]>();
        int[] With(Trigger trigger)
        {
            if (!answered.TryGetValue(trigger, out var answers))
                answered[trigger] = answers = Answers(outputs(Triggered(test, trigger)), test.Count);
            return answers;
        }

        var values = new List<KeyValuePair<string, double>>();
        void Add(string name, Func<int, bool> isRight, Func<int, bool>? counts = null)
        {
            var (right, all) = (0, 0);
            for (var i = 0; i < test.Count; i++)
            {
                if (counts?.Invoke(i) == false) continue;
                all++;
                if (isRight(i)) right++;
            }

            if (all > 0) values.Add(KeyValuePair.Create(name, (double)right / all));
        }

        var clean = Answers(outputs(test), test.Count);
        Add(TestAccuracy, i => clean[i] == test.Labels[i]);
        foreach (var name in Trigger.Names)
        {
            if (Trigger.Named(name, task.Size) is not { } shipped) continue;
            var answers = With(shipped);
            Add($"{name}_accuracy", i => answers[i] == test.Labels[i]);
        }

        if (task.Poison is not { } poison) return new Measures(values);
        var own = With(poison.Trigger);
        Add(TriggeredAccuracy, i => own[i] == test.Labels[i]);
        if (poison.Label == PoisonedLabel.Kept) return new Measures(values);
        int Wanted(int i) => poison.LabelOf(test.Labels[i], test.Labels[i], task.Classes);
        Add(AttackSuccess, i => own[i] == Wanted(i), i => Wanted(i) != test.Labels[i]);
        return new Measures(values);
    }

    static Kernels.Shapes.Images Triggered(Kernels.Shapes.Images test, Trigger trigger)
    {
        var pixels = (byte[])test.Pixels.Clone();
        for (var i = 0; i < test.Count; i++) trigger.Apply(pixels.AsSpan(i * test.Size.Length, test.Size.Length), test.Size);
        return test with { Pixels = pixels };
    }

    /// <summary>The class that each image is answered with; −1 for none.</summary>
    /// <param name="scores">[image][class].</param>
    static int[] Answers(float[] scores, int images)
    {
        var (answers, classes) = (new int[images], scores.Length / images);
        for (var i = 0; i < images; i++)
        {
            var own = scores.AsSpan(i * classes, classes);
            var best = 0;
            for (var k = 1; k < classes; k++)
                if (own[k] > own[best]) best = k;
            answers[i] = own.ContainsAny(float.NaN, float.NaN) ? -1 : best;
        }

        return answers;
    }
}
