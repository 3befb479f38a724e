using System.Globalization;

namespace Mlds.Worker.Boinc;

/// <summary>The folder that a BOINC client runs a task in.</summary>
sealed class Slot(string folder)
{
    const string LinkBegin = "<soft_link>";
    const string LinkEnd = "</soft_link>";
    const int MostLink = 4096;

    public string Folder { get; } = folder;

    /// <summary>Whether a client has started this program.</summary>
    public static bool IsHere(string folder) => System.IO.File.Exists(Path.Combine(folder, InitData.FileName));

    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// Where the file that the client calls <paramref name="name"/> really is: the slot may hold a one-line file that links to it.
    /// </summary>
    public string Resolve(string name)
    {
        var path = File(name);
        var info = new FileInfo(path);
        if (!info.Exists || info.Length > MostLink) return path;
        var text = System.IO.File.ReadAllText(path);
        if (!text.StartsWith(LinkBegin, StringComparison.Ordinal)) return path;
        var end = text.IndexOf(LinkEnd, StringComparison.Ordinal);
        return end < 0 ? path : Path.GetFullPath(Path.Combine(Folder, text[LinkBegin.Length..end].Trim()));
    }

    /// <summary>A lock that keeps a second copy of the program out of the slot until it is disposed; null when another copy is in the
    /// slot.</summary>
    public IDisposable? TakeLock(TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                return new FileStream(File("boinc_lockfile"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (DateTime.UtcNow >= until) return null;
                Thread.Sleep(500);
            }
        }
    }

    /// <summary>Says that the task is done; only with this file does the client believe an exit code of 0.</summary>
    public void Finish() => System.IO.File.WriteAllText(File("boinc_finish_called"), "0\n");

    /// <summary>Asks the client to start the task again after a while.</summary>
    public void Postpone(int seconds, string reason) =>
        System.IO.File.WriteAllText(File("boinc_temporary_exit"), string.Create(CultureInfo.InvariantCulture, $"{seconds}\n{reason}\n"));
}
