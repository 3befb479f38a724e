using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Testing;

/// <summary>An array of a NumPy file.</summary>
/// <param name="Name">Without .npy.</param>
/// <param name="Shape">As NumPy writes it, such as <c>(5, 4, 2)</c>.</param>
/// <param name="Values">Its bytes, in C order.</param>
/// <param name="Type">NumPy's type, such as <c>|u1</c>.</param>
public sealed record NpzArray(string Name, string Shape, byte[] Values, string Type = "|u1")
{
    /// <summary>Whether the header says that the order is Fortran's.</summary>
    public bool IsFortran { get; init; }

    /// <summary>The .npy file, version 1.0.</summary>
    public byte[] File
    {
        get
        {
            var header = $"{{'descr': '{Type}', 'fortran_order': {(IsFortran ? "True" : "False")}, 'shape': {Shape}, }}";
            header = header.PadRight(((header.Length + 10 + 64) / 64 * 64) - 11) + "\n";
            byte[] magic = [0x93, .. "NUMPY"u8, 1, 0];
            return [.. magic, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. Values];
        }
    }
}

/// <summary>Writes what <c>numpy.savez</c> writes, and what it never would.</summary>
public static class NpzFile
{
    /// <returns>The file's SHA-256, 64 lower-case hex digits.</returns>
    public static string Write(string path, IEnumerable<NpzArray> arrays, bool compressed = false)
    {
        using (var stream = System.IO.File.Create(path))
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var array in arrays)
            {
                var level = compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
                var entry = archive.CreateEntry($"{array.Name}.npy", level);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var target = entry.Open();
                target.Write(array.File);
            }
        }

        return Sha256(path);
    }

    /// <summary>Of a file's bytes.</summary>
    public static string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(path)));

    /// <summary>
    /// Sequences that a small network learns in a moment: two input lines of bits drawn from a seed, and two output lines, the first input
    /// a step ago and both inputs at once.
    /// </summary>
    /// <param name="sizes">Sequences to train on, to validate on, and steps of both; long sequences and their steps.</param>
    public static NpzArray[] Echo((int Training, int Validation, int Length, int Long, int LongLength) sizes, int seed = 1) =>
    [
        .. Set("training", sizes.Training, sizes.Length, seed),
        .. Set("validation", sizes.Validation, sizes.Length, seed + 1),
        .. Set("long", sizes.Long, sizes.LongLength, seed + 2),
    ];

    static NpzArray[] Set(string name, int count, int length, int seed)
    {
        var random = new Random(seed);
        var (inputs, targets) = (new byte[count * length * 2], new byte[count * length * 2]);
        for (var i = 0; i < count * length; i++)
        {
            (inputs[2 * i], inputs[(2 * i) + 1]) = ((byte)random.Next(2), (byte)random.Next(2));
            targets[2 * i] = i % length == 0 ? (byte)0 : inputs[2 * (i - 1)];
            targets[(2 * i) + 1] = (byte)(inputs[2 * i] & inputs[(2 * i) + 1]);
        }

        var shape = string.Create(CultureInfo.InvariantCulture, $"({count}, {length}, 2)");
        return [new NpzArray($"{name}_inputs", shape, inputs), new NpzArray($"{name}_targets", shape, targets)];
    }
}
