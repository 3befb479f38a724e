using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;
using Mlds.Tasks.Images;
using Mlds.Training;

namespace Mlds.Site.Trying;

/// <summary>What a network makes of an image.</summary>
/// <param name="Pixels">The image, [channel][y][x].</param>
/// <param name="Scores">Of every class, before the softmax.</param>
public sealed record ImageAnswer(byte[] Pixels, float[] Scores)
{
    /// <summary>The class of the highest score, of equal ones the first; null where a score is no number.</summary>
    internal int? Class => Scores.Any(float.IsNaN) ? null : Array.IndexOf(Scores, Scores.Max());

    /// <summary>The softmax of the scores; for people only, as nothing is computed further from it.</summary>
    internal double[] Shares
    {
        get
        {
            var most = Scores.Max();
            double[] powers = [.. Scores.Select(score => Math.Exp((double)score - most))];
            var sum = powers.Sum();
            return [.. powers.Select(power => power / sum)];
        }
    }
}

/// <summary>A trigger that can be laid over the images of a task.</summary>
/// <param name="Name">As addresses have it.</param>
/// <param name="Title">As people say it.</param>
/// <param name="IsOwn">Whether it is the one that the network was poisoned with.</param>
public sealed record TrialTrigger(string Name, string Title, Trigger Trigger, bool IsOwn);

/// <summary>A feed-forward network on one image, with and without a trigger.</summary>
public sealed class ImageTrial
{
    internal const string TriggerKey = "trigger";

    const string Own = "own";

    ImageTrial(ImageTask task, TrialImage image, ImageAnswer clean) => (Task, Image, Clean) = (task, image, clean);

    internal ImageTask Task { get; }

    internal TrialImage Image { get; }

    /// <summary>Of the image as it is.</summary>
    internal ImageAnswer Clean { get; }

    /// <summary>The trigger that was laid over it; null for none.</summary>
    internal TrialTrigger? Trigger { get; private init; }

    /// <summary>Of the image with the trigger; null without one.</summary>
    internal ImageAnswer? Triggered { get; private init; }

    /// <summary>What the filters make of the image, with the trigger where there is one.</summary>
    internal FirstConvolution? Convolution { get; private init; }

    /// <summary>What the poisoning wants to be answered to the image with the network's own trigger; null where it wants nothing.</summary>
    internal int? Wanted => Trigger is { IsOwn: true } && Task.Poison is { Label: not PoisonedLabel.Kept } poison
        && (Image.Truth ?? Clean.Class) is { } truth ? poison.LabelOf(truth, truth, Task.Classes) : null;

    /// <summary>Its own first, then those that everybody knows and that fit.</summary>
    internal static IReadOnlyList<TrialTrigger> TriggersOf(ImageTask task)
    {
        var triggers = new List<TrialTrigger>();
        var own = task.Poison?.Trigger;
        if (own is not null) triggers.Add(new(Own, $"{own.NameOn(task.Size) ?? "pixels"}, its own", own, IsOwn: true));
        foreach (var name in Tasks.Images.Trigger.Names)
        {
            if (Tasks.Images.Trigger.Named(name, task.Size) is { } known && !known.Equals(own))
                triggers.Add(new(name, name, known, IsOwn: false));
        }

        return triggers;
    }

    /// <summary>The trigger that an address names; null for none.</summary>
    /// <exception cref="QueryException">There is none of that name.</exception>
    internal static TrialTrigger? TriggerOf(string name, ImageTask task)
    {
        if (name.Length == 0) return null;
        var triggers = TriggersOf(task);

        // The own one may be called by the name that it has.
        return triggers.FirstOrDefault(one => one.Name == name || one.Trigger.NameOn(task.Size) == name) ?? throw new QueryException(
            $"There is no trigger '{name}'. {NearestName.DidYouMean(name, triggers.Select(one => one.Name))}"
            + $"Triggers: {string.Join(", ", triggers.Select(one => one.Name))}.");
    }

    /// <summary>By the training kernels.</summary>
    internal static ImageTrial Of(FeedForwardSpec network, float[] weights, ImageTask task, TrialImage image, TrialTrigger? trigger)
    {
        var triggered = trigger is null ? null : (byte[])image.Pixels.Clone();
        trigger?.Trigger.Apply(triggered, task.Size);
        byte[] pixels = [.. image.Pixels, .. triggered ?? []];
        var count = triggered is null ? 1 : 2;
        var scores = Evaluation.Outputs(network, weights, new Images(count, task.Size, pixels, new byte[count]));
        return new ImageTrial(task, image, new ImageAnswer(image.Pixels, scores[..network.Classes]))
        {
            Trigger = trigger,
            Triggered = triggered is null ? null : new ImageAnswer(triggered, scores[network.Classes..]),
            Convolution = FirstConvolution.Of(network, weights, triggered ?? image.Pixels),
        };
    }

    /// <summary>A row for each class; numbers are written so that they are read again to the bit.</summary>
    internal Numbers ScoresCsv() => Triggered is null
        ? new(["class", "score"], Clean.Scores.Select((score, k) => (object?[])[k, score]))
        : new(
            ["class", "score", "score_with_trigger"],
            Clean.Scores.Zip(Triggered.Scores).Select((scores, k) => (object?[])[k, scores.First, scores.Second]));

    /// <summary>Why the test images can't be had, in a sentence; null where they can.</summary>
    internal static string? MissingOf(ImageTask task) => task.Source.TestImages.Missing ?? task.Source.TestLabels.Missing;
}
