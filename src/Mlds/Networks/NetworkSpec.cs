using System.Text.Json.Nodes;
using Mlds.Kernels;
using Mlds.Kernels.Losses;
using Mlds.Kernels.Random;
using Mlds.Kernels.Shapes;
using Mlds.Tasks;

namespace Mlds.Networks;

/// <summary>
/// What learns: the layers of a network, where its weights lie, how they begin, what they cost, and which changes of them change nothing.
/// Each form of network is one record; everything else in the project speaks to this one (docs/extending.md).
/// </summary>
public abstract record NetworkSpec
{
    protected NetworkSpec()
    {
    }

    /// <summary>A copy to change by <c>with</c>: what was derived from the original isn't taken along.</summary>
    protected NetworkSpec(NetworkSpec original)
    {
    }

    /// <summary>Where each tensor lies in a weight vector.</summary>
    public WeightLayout Layout => field ??= new WeightLayout(this, Tensors());

    /// <summary>Parameters P.</summary>
    public int Parameters => Layout.Parameters;

    /// <summary>
    /// The form as recipes say it ("lstm"); null for the GRU network, the only one there was before recipes named a form. Formats whose
    /// version 1 is from that time write version 2 where there is a name.
    /// </summary>
    public abstract string? Form { get; }

    /// <summary>The kind of network in a word that goes before "networks": "recurrent".</summary>
    public abstract string Kind { get; }

    /// <summary>The network in a few words, as reports say it: "9 inputs, 4 GRU layers of 12 units, linear layers 12-8 …".</summary>
    public abstract string Description { get; }

    /// <summary>The same as a datasheet says it, after "a trained network:".</summary>
    public abstract string Composition { get; }

    /// <summary>Which changes of the weights change no output.</summary>
    public NetworkSymmetries Symmetries => field ??= FindSymmetries();

    /// <summary>The lowest <see cref="Kernels.Shapes.WorkerLevel"/> of programs that can train it.</summary>
    public abstract int WorkerLevel { get; }

    /// <summary>The loss that it learns by.</summary>
    public virtual LossKind Loss => LossKind.MeanSquaredError;

    /// <summary>Multiply-adds of forward and backward for one step of one example, as the equations have them.</summary>
    public abstract long MultiplyAdds { get; }

    /// <summary>The same, counting only those that the kernels really do.</summary>
    public abstract long PerformedMultiplyAdds { get; }

    /// <summary>Bytes of working memory that the kernels take for examples of that many steps.</summary>
    public abstract long WorkingBytes(int steps);

    /// <summary>The learner for such examples (docs/decisions/0001). The caller disposes of it.</summary>
    /// <param name="examples">The kind of examples, and the longest ones whose gradients are wanted.</param>
    /// <param name="kernelSet">A kernel set by name; null for the fastest. No effect on bits.</param>
    public abstract NetworkKernels CreateKernels(Examples examples, string? kernelSet = null);

    /// <summary>Examples of the kind that it takes, drawn at random: what its speed is measured on.</summary>
    /// <param name="random">What they are drawn from.</param>
    /// <param name="count">Examples.</param>
    /// <param name="steps">Time steps of each; without meaning where there is no time.</param>
    public abstract Examples DrawExamples(ref PhiloxStream random, int count, int steps);

    /// <summary>Throws unless the network can learn <paramref name="task"/>.</summary>
    /// <param name="json">Where the fault would be.</param>
    /// <param name="name">What to call the task in the message.</param>
    /// <exception cref="FormatException">It can't; the message says what to change.</exception>
    public abstract void CheckFit(StrictJson json, string name, LearningTask task);

    /// <summary>Throws unless the network learns by <paramref name="loss"/>.</summary>
    /// <param name="json">Where the fault would be: the loss.</param>
    /// <exception cref="FormatException">It doesn't; the message says what to write.</exception>
    public void CheckLoss(StrictJson json, LossKind loss)
    {
        if (loss == Loss) return;
        throw json.Error(
            $"a {Kind} network learns by the {LossName.InWords(Loss)}, not by the {LossName.InWords(loss)}; "
            + $"write \"loss\": \"{LossName.Of(Loss)}\"");
    }

    /// <summary>The network's part of a recipe (docs/formats/recipe.md).</summary>
    public abstract JsonObject ToJson();

    /// <summary>The network in <paramref name="json"/>, of whichever form it says.</summary>
    /// <exception cref="FormatException">Not a network; the message names the JSON path and what is allowed.</exception>
    public static NetworkSpec Read(StrictJson json) =>
        json.IsObject && FeedForwardSpec.IsForm(json) ? FeedForwardSpec.ReadForm(json) : RecurrentSpec.ReadForm(json);

    /// <summary>All tensors in PyTorch's order, without gaps.</summary>
    private protected abstract IReadOnlyList<WeightTensor> Tensors();

    private protected abstract NetworkSymmetries FindSymmetries();
}
