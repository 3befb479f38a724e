using System.Runtime.InteropServices;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Views;

/// <summary>
/// A view of some networks in a file: the eight letters "MLDSVIEW", rows and columns as int32, the columns' names, and rows × columns
/// float32, all little-endian. It is for the program that wrote it and no format for others.
/// </summary>
static class FeatureFile
{
    const string Magic = "MLDSVIEW";
    const int Buffer = 1 << 20;

    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    internal static void Write(string path, FeatureMatrix features)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, Buffer);
        using var writer = new BinaryWriter(file);
        writer.Write(Magic.Select(letter => (byte)letter).ToArray());
        writer.Write(features.Rows);
        writer.Write(features.Columns);
        foreach (var name in features.ColumnNames) writer.Write(name);
        writer.Flush();
        for (var row = 0; row < features.Rows; row++) file.Write(MemoryMarshal.AsBytes(features.Row(row)));

        // What is there under its name after a power cut must be whole.
        file.Flush(flushToDisk: true);
    }

    /// <summary>Null where the file isn't one, or isn't whole.</summary>
    internal static FeatureMatrix? Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, Buffer);
        using var reader = new BinaryReader(file);
        try
        {
            if (!reader.ReadBytes(Magic.Length).SequenceEqual(Magic.Select(letter => (byte)letter))) return null;
            var (rows, columns) = (reader.ReadInt32(), reader.ReadInt32());
            string[] names = [.. Enumerable.Range(0, columns).Select(_ => reader.ReadString())];
            var numbers = (long)rows * columns;
            if (numbers < 0 || file.Length - file.Position != numbers * sizeof(float)) return null;
            var values = new float[numbers];
            for (var at = 0; at < values.Length; at += Buffer)
                file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(Buffer, values.Length - at))));
            return new FeatureMatrix(values, rows, names);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }
}
