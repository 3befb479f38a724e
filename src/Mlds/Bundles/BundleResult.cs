using System.Text;
using Mlds.Training;

namespace Mlds.Bundles;

/// <summary>
/// What a work unit brought back (docs/formats/bundle-result.md): the networks, which are a pure function of the bundle and so the same
/// bits from every honest machine, and beside them what the machine says of itself, on which nothing depends.
/// </summary>
/// <param name="BundleSha256">Of the bundle that was worked on.</param>
/// <param name="By">What the machine says it is; <c>CoreSeconds</c> and <c>Host</c> are not in it.</param>
/// <param name="KnownAnswer">What the known-answer test gave there.</param>
/// <param name="Parts">One per network, in the bundle's order.</param>
public sealed record BundleResult(string BundleSha256, Provenance By, string KnownAnswer, IReadOnlyList<TrainedPart> Parts)
{
    internal const int HeadBytes = 8 + 4 + 4 + 4 + 32 + 4 + 32 + 32;

    const int Version = 1;
    const int MostText = 256;

    static ReadOnlySpan<byte> Magic => "MLDSRSLT"u8;

    /// <summary>
    /// Lower-case hex SHA-256 of all that depends on the bundle alone: two honest results of a bundle have the same one, whatever machines
    /// they are from.
    /// </summary>
    public string ComparisonHash => field ??= Sha256Hash.HexOf(Science());

    internal static int MostClaims(int networks) => (3 * (4 + MostText)) + 32 + (8 * networks);

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        var (claims, science) = (Claims(), Science());
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(claims.Length);
        writer.Write(science.Length);
        writer.Write(claims);
        writer.Write(science);
        writer.Write(Sha256Hash.Of(science));
        writer.Flush();
        writer.Write(Sha256Hash.Of(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the result of <paramref name="bundle"/>.</summary>
    /// <exception cref="InvalidDataException">Not the result of this bundle, damaged, or of other sizes than it can have; the message says
    /// what and where.</exception>
    public static BundleResult Read(byte[] bytes, Bundle bundle)
    {
        if (bytes.Length > bundle.LargestResult)
            throw new InvalidDataException($"The result has {bytes.Length} bytes; that of this bundle has at most {bundle.LargestResult}.");
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InvalidDataException($"This is no result: it has {bytes.Length} bytes and doesn't begin with MLDSRSLT.");
        var reader = new ByteReader(bytes, "The result");
        reader.Take(Magic.Length);
        if (reader.Int32() is var version and not Version)
            throw new InvalidDataException($"The result is of version {version}; this program reads version {Version}.");
        var claims = reader.Count("bytes of claims", 0, MostClaims(bundle.Networks.Count));
        var science = reader.Int32();
        var claimed = reader.Take(claims);
        var found = reader.Take(science);
        var comparison = reader.Hash();
        var end = reader.Position;
        var whole = reader.Hash();
        reader.End();
        if (Sha256Hash.HexOf(bytes.AsSpan(0, end)) != whole || Sha256Hash.HexOf(found) != comparison)
            throw new InvalidDataException("The result is damaged: its SHA-256 doesn't match its content.");
        return Read(claimed, found, bundle);
    }

    /// <summary>
    /// The hash that two results of one bundle are compared by, from the file alone: for callers that don't have the bundle at hand.
    /// </summary>
    /// <exception cref="InvalidDataException">No result, or a damaged one.</exception>
    public static (string Bundle, string Comparison) Hashes(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith(Magic))
            throw new InvalidDataException($"This is no result: it has {bytes.Length} bytes and doesn't begin with MLDSRSLT.");
        var reader = new ByteReader(bytes, "The result");
        reader.Take(Magic.Length + 4);
        var claims = reader.Int32();
        var science = reader.Int32();
        reader.Take(claims);
        var found = reader.Take(science);
        var comparison = reader.Hash();
        if (found.Length < Sha256Hash.HashBytes || Sha256Hash.HexOf(found) != comparison)
            throw new InvalidDataException("The result is damaged: its SHA-256 doesn't match its content.");
        return (Convert.ToHexStringLower(found[..Sha256Hash.HashBytes]), comparison);
    }

    static BundleResult Read(ReadOnlySpan<byte> claimed, ReadOnlySpan<byte> found, Bundle bundle)
    {
        var reader = new ByteReader(found, "The result");
        var sha256 = reader.Hash();
        if (sha256 != bundle.Sha256) throw new InvalidDataException($"The result is of bundle {sha256}, not of {bundle.Sha256}.");
        reader.Count("networks", bundle.Networks.Count, bundle.Networks.Count);
        var parts = new TrainedPart[bundle.Networks.Count];
        for (var i = 0; i < parts.Length; i++) parts[i] = TrainedPart.Read(ref reader, bundle.Networks[i], bundle.EpochLimit);
        reader.End();

        var says = new ByteReader(claimed, "The result's claims");
        var by = new Provenance(ReadText(ref says), ReadText(ref says), ReadText(ref says), "", 0);
        var answer = says.Hash();
        for (var i = 0; i < parts.Length; i++)
        {
            var seconds = says.Double();
            if (seconds is not (>= 0 and < 1e9)) throw new InvalidDataException($"The result claims {seconds} seconds for a network.");
            parts[i] = parts[i] with { State = parts[i].State with { CoreSeconds = seconds } };
        }

        says.End();
        return new BundleResult(sha256, by, answer, parts);
    }

    byte[] Science()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Convert.FromHexString(BundleSha256));
        writer.Write(Parts.Count);
        foreach (var part in Parts) part.Write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    byte[] Claims()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var text in (string[])[By.ProgramVersion, By.Processor, By.KernelSet])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            // Cut between letters: a stranger's system may say anything.
            if (bytes.Length > MostText) bytes = Encoding.UTF8.GetBytes(text[..(MostText / 4)]);
            writer.Write(bytes.Length);
            writer.Write(bytes);
        }

        writer.Write(Convert.FromHexString(KnownAnswer));
        foreach (var part in Parts) writer.Write(part.State.CoreSeconds);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>A text without control characters: it will stand in tables and logs.</summary>
    static string ReadText(ref ByteReader reader)
    {
        var text = Encoding.UTF8.GetString(reader.Take(reader.Count("bytes of a text", 0, MostText)));
        return string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
    }
}
