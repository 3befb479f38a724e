using Mlds.Bundles;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary>A unit's files on the disk.</summary>
static class BundleFile
{
    /// <exception cref="UsageException">No such file, or no bundle.</exception>
    public static Bundle Read(string path)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        if (new FileInfo(path).Length > Bundle.MostBytes)
            throw new UsageException($"'{path}' is no bundle: it is larger than {Bundle.MostBytes} bytes.");
        try
        {
            return Bundle.Read(File.ReadAllBytes(path));
        }
        catch (InvalidDataException problem)
        {
            throw new UsageException($"'{path}': {problem.Message}");
        }
    }

    /// <summary>Writes a file whole or not at all.</summary>
    public static void Write(string path, byte[] bytes)
    {
        var begun = path + ".new";
        using (var file = new FileStream(begun, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(begun, path, overwrite: true);
    }
}
