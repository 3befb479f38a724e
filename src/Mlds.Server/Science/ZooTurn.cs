namespace Mlds.Server.Science;

/// <summary>
/// How another program gets its turn at a zoo that the server keeps open: it locks a file beside the zoo, and the server closes the zoo and
/// waits. The system releases the file when the program ends, however it ends.
/// </summary>
static class ZooTurn
{
    static string File(string zoo) => Path.TrimEndingDirectorySeparator(zoo) + ".wanted";

    /// <summary>Asks for a turn, which lasts until the answer is disposed; null while somebody else has asked.</summary>
    public static IDisposable? Ask(string zoo)
    {
        var held = Hold(zoo, FileMode.OpenOrCreate);
        if (held is null || System.IO.File.Exists(File(zoo))) return held;
        held.Dispose(); // a look at it took its name away just then
        return null;
    }

    public static bool IsAsked(string zoo)
    {
        if (!System.IO.File.Exists(File(zoo))) return false;
        using var left = Hold(zoo, FileMode.Open);
        return left is null && System.IO.File.Exists(File(zoo));
    }

    static FileStream? Hold(string zoo, FileMode mode)
    {
        try
        {
            return new FileStream(File(zoo), mode, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
