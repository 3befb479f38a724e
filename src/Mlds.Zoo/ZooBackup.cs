namespace Mlds.Zoos;

/// <summary>Whole copies of a zoo as it is at one moment, made while a writer may be writing.</summary>
public static class ZooBackup
{
    /// <summary>Writes the zoo's database to <paramref name="file"/>; under the name zoo.db it is a zoo of its own, sealed.</summary>
    /// <param name="file">Must not exist; folders on the way are made. Files of sequences that the zoo keeps are copied beside it.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ZooException">The file exists or can't be written, or the zoo is damaged; nothing is left behind.</exception>
    public static long Write(Zoo zoo, string file)
    {
        var place = Path.GetFullPath(file);
        if (Path.Exists(place)) throw new ZooException($"'{file}' is already there; a backup overwrites nothing: give another --to.");
        var growing = $"{place}.unfinished-{Environment.ProcessId}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            zoo.Database.Backup(growing);
            using (var handle = File.OpenHandle(growing, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(handle);
            File.Move(growing, place);
            ZooFiles.Keep(Path.GetDirectoryName(place)!, ZooFiles.In(zoo.Folder));
            if (Path.GetFileName(place) == ZooDatabase.FileName) ZooSeal.Write(Path.GetDirectoryName(place)!);
            return new FileInfo(place).Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ZooException($"The backup '{file}' could not be written: {exception.Message}", exception);
        }
        finally
        {
            foreach (var rest in new[] { growing, $"{growing}-wal", $"{growing}-shm", $"{growing}-journal" }.Where(File.Exists))
                File.Delete(rest);
        }
    }
}
