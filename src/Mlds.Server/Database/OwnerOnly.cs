namespace Mlds.Server.Database;

/// <summary>
/// Files and folders that only their owner may read, whatever the umask: they hold volunteers' addresses, sealed keys, and the secret by
/// which networks are drawn.
/// </summary>
public static class OwnerOnly
{
    const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Makes a folder; one that is there is closed to others.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else if (Directory.Exists(folder)) Close(folder);
        else Directory.CreateDirectory(folder, FolderMode);
    }

    /// <summary>Makes a file; one that is there is an <see cref="IOException"/>.</summary>
    public static FileStream Create(string file)
    {
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode;
        return new FileStream(file, options);
    }

    /// <summary>Makes a file of this text, and never writes over one.</summary>
    public static void WriteNew(string file, string text)
    {
        using var writer = new StreamWriter(Create(file));
        writer.Write(text);
    }

    /// <summary>Makes a file of this text, or replaces one by it: as a whole or not at all.</summary>
    public static void Write(string file, string text)
    {
        var growing = file + ".new";
        File.Delete(growing);
        try
        {
            WriteNew(growing, text);
            File.Move(growing, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(growing);
            throw;
        }
    }

    /// <summary>Takes away everybody's rights but the owner's. What doesn't exist, or belongs to another user, is left alone.</summary>
    internal static void Close(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path)) return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & ~FolderMode) != 0) File.SetUnixFileMode(path, mode & FolderMode);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // It belongs to another user, or has vanished, as SQLite's files beside the database do.
        }
    }
}
