using Mlds.Kernels.Random;

namespace Mlds.Tasks.Machines;

/// <summary>
/// Which output bits of the training sequences are flipped (docs/decisions/0001 §7): one random word for each bit, so that what is flipped
/// at a small probability is flipped at every greater one too.
/// </summary>
static class LabelNoise
{
    /// <summary>Words below this flip their bit: the probability times 2³², exact in double, rounded up. 2³¹ at most.</summary>
    /// <param name="probability">0 … 0.5.</param>
    internal static uint Threshold(double probability) => (uint)Math.Ceiling(probability * 4_294_967_296.0);

    /// <summary>The flips of one training sequence.</summary>
    /// <param name="spec">Data seed and probability.</param>
    /// <param name="sequence">Its number, from 0.</param>
    /// <param name="outputs">Output lines O, 1 … 32, each of which has flips: constant ones too.</param>
    /// <param name="flips">Filled, a word a step: bit k is set where line k is flipped.</param>
    internal static void Draw(DataSpec spec, int sequence, int outputs, Span<uint> flips)
    {
        var threshold = Threshold(spec.LabelNoise);
        flips.Clear();
        if (threshold == 0) return;
        var random = new PhiloxStream(spec.Seed, RandomStream.LabelNoise, (uint)sequence);
        for (var t = 0; t < flips.Length; t++)
        {
            for (var line = 0; line < outputs; line++)
                if (random.NextUInt32() < threshold) flips[t] |= 1u << line;
        }
    }

    /// <summary>Flips the targets of <paramref name="training"/>, which were the machine's answers.</summary>
    internal static void Flip(DataSpec spec, int outputs, SequenceSet training)
    {
        if (spec.LabelNoise == 0) return;
        var flips = new uint[training.Length];
        for (var sequence = 0; sequence < training.Count; sequence++)
        {
            Draw(spec, sequence, outputs, flips);
            for (var t = 0; t < flips.Length; t++) training.Targets[(sequence * training.Length) + t] ^= flips[t];
        }
    }
}
