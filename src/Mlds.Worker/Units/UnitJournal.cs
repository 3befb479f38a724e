using System.Buffers.Binary;
using Mlds.Bundles;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary>
/// The finished networks of a unit: the bundle's SHA-256, then for each network the length of its record (int32), the record and the
/// record's SHA-256, one after the other. It only grows, so a kill can spoil the last record at most; that one is cut off and its network
/// trained again.
/// </summary>
sealed class UnitJournal(string path, Bundle bundle)
{
    const int FrameBytes = 4 + Sha256Hash.HashBytes;

    /// <summary>The networks it holds, which are the first ones of the bundle. What is damaged at its end is cut off; a file of zeros, as a
    /// power cut leaves it, begins anew.</summary>
    /// <exception cref="FailureException">It belongs to another bundle.</exception>
    public List<TrainedPart> Read()
    {
        var parts = new List<TrainedPart>();
        if (!File.Exists(path)) return parts;
        var bytes = File.ReadAllBytes(path).AsSpan();
        // A power cut can leave a file's length without its bytes, which are then zeros.
        if (bytes.Length < Sha256Hash.HashBytes || !bytes[..Sha256Hash.HashBytes].ContainsAnyExcept((byte)0))
        {
            File.Delete(path);
            return parts;
        }

        if (Convert.ToHexStringLower(bytes[..Sha256Hash.HashBytes]) is var sha256 && sha256 != bundle.Sha256)
        {
            throw new FailureException(
                $"'{path}' belongs to bundle {sha256}, not to {bundle.Sha256}: name another output, or delete it to begin anew.");
        }

        var good = Sha256Hash.HashBytes;
        while (parts.Count < bundle.Networks.Count && Next(bytes[good..], bundle.Networks[parts.Count]) is var (part, length))
        {
            parts.Add(part);
            good += length;
        }

        if (good < bytes.Length)
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(file, good);
        }

        return parts;
    }

    /// <summary>Adds networks; when this returns they survive a power cut.</summary>
    public void Append(IReadOnlyCollection<TrainedPart> parts)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
        if (file.Length == 0) file.Write(Convert.FromHexString(bundle.Sha256));
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var record = part.ToBytes();
            BinaryPrimitives.WriteInt32LittleEndian(length, record.Length);
            file.Write(length);
            file.Write(record);
            file.Write(Sha256Hash.Of(record));
        }

        file.Flush(flushToDisk: true);
    }

    (TrainedPart Part, int Length)? Next(ReadOnlySpan<byte> rest, BundleNetwork asked)
    {
        if (rest.Length < FrameBytes) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < 0 || length > rest.Length - FrameBytes) return null;
        var record = rest.Slice(4, length);
        if (!Sha256Hash.Of(record).AsSpan().SequenceEqual(rest.Slice(4 + length, Sha256Hash.HashBytes))) return null;
        try
        {
            return (TrainedPart.FromBytes(record, asked, bundle), length + FrameBytes);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
