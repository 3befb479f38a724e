namespace Mlds.Zoos;

/// <summary>
/// <c>zoo.seal</c>: the SHA-256 of the whole zoo.db, in the form of <c>sha256sum</c>. SQLite has no checksums, so without it nobody would
/// find a bit that flips where no network's hash reaches. A writer breaks it before its first change and writes it when it closes; after a
/// kill there is none until the next writer has closed.
/// </summary>
static class ZooSeal
{
    public const string FileName = "zoo.seal";

    public static void Break(string folder)
    {
        try
        {
            File.Delete(Path.Combine(folder, FileName));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ZooException($"The zoo '{folder}' can't be written to: {exception.Message}", exception);
        }
    }

    /// <summary>Seals what is there. If the disk is too full for it, the zoo stays unsealed, which is no fault.</summary>
    public static void Write(string folder)
    {
        var growing = Path.Combine(folder, $"{FileName}.new");
        try
        {
            using (var stream = new FileStream(growing, FileMode.Create, FileAccess.Write))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(Line(folder, CancellationToken.None)));
                stream.Flush(flushToDisk: true);
            }

            File.Move(growing, Path.Combine(folder, FileName), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(growing);
        }
    }

    /// <summary>Whether the zoo is as its last writer left it; null when no writer has sealed it.</summary>
    public static bool? IsWhole(string folder, CancellationToken cancellation)
    {
        var seal = Path.Combine(folder, FileName);
        if (!FileKinds.IsFile(seal)) return null;
        if (new FileInfo(seal).Length < 1000 && File.ReadAllText(seal) == Line(folder, cancellation)) return true;
        // A writer may have begun meanwhile.
        return File.Exists(seal) ? false : null;
    }

    static string Line(string folder, CancellationToken cancellation) =>
        $"{FileSha256.Of(Path.Combine(folder, ZooDatabase.FileName), cancellation)}  {ZooDatabase.FileName}\n";
}
