namespace Mlds.Training;

/// <summary>
/// A state that a run can be resumed from, to the same bits as if it had never paused. It holds what can't be derived from the recipe:
/// weights, the optimiser's state, the loss history and the milestones so far.
/// </summary>
/// <param name="Weights">P float32, PyTorch order.</param>
/// <param name="OptimizerState">
/// What the optimiser remembers, P float32 each: Adam's m and v. Empty once a run has ended, or where it remembers nothing.
/// </param>
/// <param name="CoreSeconds">Processor time so far, for provenance.</param>
public sealed record Checkpoint(
    string RecipeId,
    float[] Weights,
    IReadOnlyList<float[]> OptimizerState,
    IReadOnlyList<EpochRecord> History,
    IReadOnlyList<Milestone> Milestones,
    double CoreSeconds)
{
    /// <summary>
    /// Version 1 has the two vectors of Adam and doesn't say so; version 2 says how many there are. What fits version 1 is written so.
    /// </summary>
    const int TwoVectors = 1;

    const int AnyVectors = 2;

    /// <summary>Bytes before the weights, in version 1.</summary>
    const int HeadBytes = 8 + 4 + Sha256Hash.HashBytes + 8 + 4 + 4 + 4;

    /// <summary>Vectors that any optimiser may remember.</summary>
    const int MostVectors = 16;

    static ReadOnlySpan<byte> Magic => "MLDSCKPT"u8;

    public int Epoch => History.Count;

    /// <summary>Bytes of a checkpoint with this many weights, vectors of an optimiser, epochs and milestones.</summary>
    public static long Length(int parameters, int vectors, int epochs, int milestones) =>
        HeadBytes + (vectors == 2 ? 0 : 4) + (4L * (1 + vectors) * parameters) + (12L * epochs) + (72L * milestones) + Sha256Hash.HashBytes;

    /// <summary>Whether both are the same state of the same run, by <see cref="SameBits"/>. Core seconds may differ.</summary>
    public bool HasSameBits(Checkpoint other) =>
        RecipeId == other.RecipeId
        && SameBits.Are(Weights, other.Weights)
        && OptimizerState.Count == other.OptimizerState.Count
        && OptimizerState.Zip(other.OptimizerState).All(vectors => SameBits.Are(vectors.First, vectors.Second))
        && History.SequenceEqual(other.History)
        && Milestones.SequenceEqual(other.Milestones);

    /// <summary>The bytes of docs/formats/checkpoint.md: magic, version, fields, SHA-256 of all before it.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(OptimizerState.Count == 2 ? TwoVectors : AnyVectors);
        writer.Write(Convert.FromHexString(RecipeId));
        writer.Write(CoreSeconds);
        writer.Write(Weights.Length);
        writer.Write(History.Count);
        writer.Write(Milestones.Count);
        if (OptimizerState.Count != 2) writer.Write(OptimizerState.Count);
        writer.Write(WeightsHash.Bytes(Weights));
        foreach (var vector in OptimizerState) writer.Write(WeightsHash.Bytes(vector));
        foreach (var epoch in History)
        {
            writer.Write(epoch.TrainingLoss);
            writer.Write(epoch.ValidationLoss);
            writer.Write(epoch.LearningRate);
        }

        foreach (var milestone in Milestones)
        {
            writer.Write(milestone.Epoch);
            writer.Write(milestone.ValidationLoss);
            writer.Write(Convert.FromHexString(milestone.WeightsSha256));
            writer.Write(Convert.FromHexString(milestone.Chain));
        }

        writer.Flush();
        writer.Write(Sha256Hash.Of(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">Truncated, altered or of another version; the message says which.</exception>
    public static Checkpoint FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Magic.Length + sizeof(int) + Sha256Hash.HashBytes || !bytes.StartsWith(Magic))
            throw new InvalidDataException($"This is no checkpoint: it has {bytes.Length} bytes and does not begin with MLDSCKPT.");
        if (!Sha256Hash.Of(bytes[..^Sha256Hash.HashBytes]).AsSpan().SequenceEqual(bytes[^Sha256Hash.HashBytes..]))
        {
            throw new InvalidDataException(
                "The checkpoint is truncated or altered: its SHA-256 does not match its content. Delete it; "
                + "the run starts again from its recipe.");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes[..^Sha256Hash.HashBytes].ToArray()));
        reader.ReadBytes(Magic.Length);
        var version = reader.ReadInt32();
        if (version is not (TwoVectors or AnyVectors))
        {
            throw new InvalidDataException(
                $"The checkpoint is of version {version}; this program reads versions {TwoVectors} and {AnyVectors}.");
        }

        if (bytes.Length < HeadBytes + (version == AnyVectors ? 4 : 0) + Sha256Hash.HashBytes)
            throw new InvalidDataException($"The checkpoint is cut short: it has {bytes.Length} bytes.");
        return Read(reader, version, bytes.Length);
    }

    static Checkpoint Read(BinaryReader reader, int version, long length)
    {
        var recipeId = Convert.ToHexStringLower(reader.ReadBytes(Sha256Hash.HashBytes));
        var coreSeconds = reader.ReadDouble();
        var parameters = reader.ReadInt32();
        var epochs = reader.ReadInt32();
        var milestones = reader.ReadInt32();
        var vectors = version == AnyVectors ? reader.ReadInt32() : 2;

        // A checkpoint may come from a stranger: nothing is made room for that the file doesn't hold.
        if (vectors is < 0 or > MostVectors || (vectors == 2 && version == AnyVectors))
            throw new InvalidDataException($"The checkpoint of version {version} says that its optimiser remembers {vectors} vectors.");
        if (parameters < 0 || epochs < 0 || milestones < 0 || length != Length(parameters, vectors, epochs, milestones))
        {
            throw new InvalidDataException(
                $"The checkpoint says that it holds {parameters} weights, {epochs} epochs and {milestones} milestones, "
                + $"but it has {length} bytes.");
        }

        return new Checkpoint(
            recipeId,
            Floats(reader, parameters),
            [.. Enumerable.Range(0, vectors).Select(_ => Floats(reader, parameters))],
            [.. Enumerable.Range(1, epochs)
                .Select(epoch => new EpochRecord(epoch, reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle()))],
            [.. Enumerable.Range(0, milestones)
                .Select(_ => new Milestone(reader.ReadInt32(), reader.ReadSingle(), Hash(reader), Hash(reader)))],
            coreSeconds);
    }

    static string Hash(BinaryReader reader) => Convert.ToHexStringLower(reader.ReadBytes(Sha256Hash.HashBytes));

    static float[] Floats(BinaryReader reader, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = reader.ReadSingle();
        return values;
    }
}
