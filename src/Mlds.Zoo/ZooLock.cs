namespace Mlds.Zoos;

/// <summary>
/// The right to write to a zoo: an operating-system lock on <c>zoo.lock</c>. The system releases it when the process ends, however it
/// ends, so a killed writer leaves a file behind but no lock.
/// </summary>
sealed class ZooLock : IDisposable
{
    const string FileName = "zoo.lock";
    const string HolderName = "zoo.writer";

    readonly FileStream _file;

    ZooLock(FileStream file) => _file = file;

    /// <exception cref="ZooException">Another process is writing to the zoo, or the folder can't be written to.</exception>
    public static ZooLock Take(string folder)
    {
        foreach (var name in new[] { FileName, HolderName })
        {
            if (FileKinds.Of(Path.Combine(folder, name)) is var kind and not (FileKind.File or FileKind.Nothing))
                throw new ZooException($"The zoo '{folder}' can't be written to: its {name} is {FileKinds.InWords(kind)}, not a file.");
        }

        try
        {
            var file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            SayWho(folder);
            return new ZooLock(file);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ZooException($"The zoo '{folder}' can't be written to: check the folder's permissions.", exception);
        }
        catch (IOException exception) when (IsReadOnlyDisk(folder))
        {
            throw new ZooException($"The zoo '{folder}' is on a disk that can't be written to; copy it to another.", exception);
        }
        catch (IOException exception)
        {
            throw new ZooException(
                $"Another process is writing to the zoo '{folder}'{Who(folder)}; wait until it ends or stop it. Reading is always "
                + "possible.", exception)
            {
                IsInUse = true,
            };
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Names this process beside the lock. Only ever read to word a message, so a stale or missing one does no harm.</summary>
    static void SayWho(string folder)
    {
        try
        {
            File.WriteAllText(Path.Combine(folder, HolderName), $"process {Environment.ProcessId} on {Environment.MachineName}");
        }
        catch (IOException)
        {
            // A full disk: the lock holds without a name on it.
        }
    }

    static string Who(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderName)) is { Length: > 0 and < 200 } who
                ? $" ({who.ReplaceLineEndings(" ")})"
                : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    static bool IsReadOnlyDisk(string folder)
    {
        try
        {
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
