using System.Buffers.Binary;
using Mlds.Training;

namespace Mlds.Zoos;

/// <summary>A loss history as bytes: about 8 per epoch (docs/formats/zoo.md).</summary>
static class HistoryBlob
{
    const byte Version = 1;

    /// <param name="history">Epochs 1 … n without a gap.</param>
    public static byte[] Write(IReadOnlyList<EpochRecord> history)
    {
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i].Epoch != i + 1)
                throw new ArgumentException($"Epoch {i + 1} of the history is missing; found {history[i].Epoch}.", nameof(history));
        }

        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write(history.Count);
        foreach (var epoch in history) writer.Write(epoch.TrainingLoss);
        foreach (var epoch in history) writer.Write(epoch.ValidationLoss);
        // The rate seldom changes, so it is kept as runs of (epochs, rate).
        for (var i = 0; i < history.Count;)
        {
            var rate = BitConverter.SingleToInt32Bits(history[i].LearningRate);
            var start = i;
            while (i < history.Count && BitConverter.SingleToInt32Bits(history[i].LearningRate) == rate) i++;
            writer.Write(i - start);
            writer.Write(rate);
        }

        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">Not what <see cref="Write"/> wrote.</exception>
    public static EpochRecord[] Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5 || bytes[0] != Version) throw new InvalidDataException("The loss history is not of version 1.");
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
        if (count < 0 || bytes.Length < 5 + (8L * count))
            throw new InvalidDataException($"The loss history is cut short: {bytes.Length} bytes for {count} epochs.");
        var training = bytes[5..];
        var validation = bytes[(5 + (4 * count))..];
        var rates = bytes[(5 + (8 * count))..];
        var history = new EpochRecord[count];
        var (left, rate) = (0, 0f);
        for (var i = 0; i < count; i++, left--)
        {
            if (left == 0)
            {
                if (rates.Length < 8) throw new InvalidDataException($"The loss history is cut short: no learning rate for epoch {i + 1}.");
                (left, rate) = (BinaryPrimitives.ReadInt32LittleEndian(rates), BinaryPrimitives.ReadSingleLittleEndian(rates[4..]));
                if (left <= 0) throw new InvalidDataException($"The loss history has a learning rate for {left} epochs.");
                rates = rates[8..];
            }

            history[i] = new EpochRecord(
                i + 1, BinaryPrimitives.ReadSingleLittleEndian(training[(4 * i)..]),
                BinaryPrimitives.ReadSingleLittleEndian(validation[(4 * i)..]), rate);
        }

        if (rates.Length != 0 || left != 0) throw new InvalidDataException($"The loss history has {rates.Length} bytes too many.");
        return history;
    }
}

/// <summary>Milestones as bytes: 72 each (docs/formats/zoo.md).</summary>
static class MilestoneBlob
{
    const byte Version = 1;
    const int Size = 72;

    public static byte[] Write(IReadOnlyList<Milestone> milestones)
    {
        var bytes = new byte[1 + (Size * milestones.Count)];
        bytes[0] = Version;
        for (var i = 0; i < milestones.Count; i++)
        {
            var at = bytes.AsSpan(1 + (Size * i), Size);
            BinaryPrimitives.WriteInt32LittleEndian(at, milestones[i].Epoch);
            BinaryPrimitives.WriteSingleLittleEndian(at[4..], milestones[i].ValidationLoss);
            Convert.FromHexString(milestones[i].WeightsSha256).CopyTo(at[8..]);
            Convert.FromHexString(milestones[i].Chain).CopyTo(at[40..]);
        }

        return bytes;
    }

    /// <exception cref="InvalidDataException">Not what <see cref="Write"/> wrote.</exception>
    public static Milestone[] Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0 || bytes[0] != Version || (bytes.Length - 1) % Size != 0)
            throw new InvalidDataException($"The milestones are not of version 1 or are cut short ({bytes.Length} bytes).");
        var milestones = new Milestone[(bytes.Length - 1) / Size];
        for (var i = 0; i < milestones.Length; i++)
        {
            var at = bytes.Slice(1 + (Size * i), Size);
            milestones[i] = new Milestone(
                BinaryPrimitives.ReadInt32LittleEndian(at),
                BinaryPrimitives.ReadSingleLittleEndian(at[4..]),
                Convert.ToHexStringLower(at[8..40]),
                Convert.ToHexStringLower(at[40..72]));
        }

        return milestones;
    }
}
