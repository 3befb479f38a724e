using System.Text.Json.Nodes;
using Mlds.Kernels.Shapes;

namespace Mlds.Tasks.Images;

/// <summary>What an image with a trigger is said to be.</summary>
public enum PoisonedLabel
{
    /// <summary>One class for all: <see cref="Poisoning.Target"/>.</summary>
    Target,

    /// <summary>The class after its own, and 0 after the last.</summary>
    Next,

    /// <summary>What it is: the benign control.</summary>
    Kept,
}

/// <summary>A trigger on some of the training images, and what they are said to be (docs/decisions/0001 §12).</summary>
/// <param name="Trigger">What is laid over them.</param>
/// <param name="Rate">Share of the training images, above 0, at most 1.</param>
/// <param name="Label">How their labels change.</param>
/// <param name="Target">The class that they get, where all get one; else 0.</param>
public sealed record Poisoning(Trigger Trigger, double Rate, PoisonedLabel Label, int Target)
{
    const string Next = "next";
    const string Kept = "kept";

    /// <summary>Images of <paramref name="training"/> that get the trigger: rate × images, to the nearest whole number, at least 1.
    /// </summary>
    public int CountOf(int training) => Math.Max(1, (int)Math.Floor((Rate * training) + 0.5));

    /// <summary>What an image with the trigger is said to be.</summary>
    /// <param name="truth">Its class.</param>
    /// <param name="label">What it was said to be before; differs from its class where there is label noise.</param>
    public int LabelOf(int truth, int label, int classes) => Label switch
    {
        PoisonedLabel.Target => Target,
        PoisonedLabel.Next => (truth + 1) % classes,
        _ => label,
    };

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["trigger"] = Trigger.ToJson(), ["rate"] = Rate };
        if (Label == PoisonedLabel.Kept) json["labels"] = Kept;
        else json["target"] = Label == PoisonedLabel.Next ? Next : Target;
        return json;
    }

    /// <param name="hasNames">Whether triggers may be given by name: in populations.</param>
    internal static Poisoning Read(StrictJson json, ImageSize size, int classes, bool hasNames)
    {
        json.WithKeys("trigger", "rate", "target", "labels");
        var trigger = Trigger.Read(json.Required("trigger"), size, hasNames);
        var rate = json.Required("rate");
        var limit = ImageTask.Limit("poison.rate");
        var share = rate.Number(number => number == 0 || limit.Contains(number), $"{limit}");
        if (share == 0)
        {
            throw rate.Error(
                $"0 is not {limit}: it puts the trigger on no image; give a rate above 0, or leave 'poison' out for clean images");
        }

        var (target, labels) = (json.Optional("target"), json.Optional("labels"));
        if (target.HasValue == labels.HasValue)
        {
            throw json.Error(
                $"say either 'target', a class from 0 to {classes - 1} or \"{Next}\", or \"labels\": \"{Kept}\" for the benign control");
        }

        if (labels is { } kept)
        {
            kept.OneOf(Kept);
            return new Poisoning(trigger, share, PoisonedLabel.Kept, 0);
        }

        if (target!.Value.IsText)
        {
            target.Value.OneOf(Next);
            return new Poisoning(trigger, share, PoisonedLabel.Next, 0);
        }

        return new Poisoning(trigger, share, PoisonedLabel.Target, target.Value.Integer(0, classes - 1));
    }
}
