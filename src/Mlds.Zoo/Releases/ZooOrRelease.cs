namespace Mlds.Zoos.Releases;

/// <summary>A folder that may hold a zoo or a release: the one place that tells which.</summary>
public static class ZooOrRelease
{
    /// <summary>
    /// Whether <paramref name="folder"/> holds a release; else a zoo. A release without its manifest is still one, and damaged.
    /// </summary>
    /// <exception cref="ZooException">It holds neither; the message says what makes the one and the other.</exception>
    public static bool IsRelease(string folder)
    {
        if (Release.Exists(folder)) return true;
        if (Zoo.Exists(folder)) return false;
        if (File.Exists(Path.Combine(folder, ReleaseFiles.Sums))) return true;
        throw new ZooException(
            $"'{folder}' is neither a zoo (it has no zoo.db) nor a release (it has no manifest.json); 'mlds generate' makes the one, "
            + "'mlds release' the other.");
    }

    /// <summary>Opens <paramref name="folder"/> and reads it as what it is.</summary>
    /// <exception cref="ZooException">It is neither, or a zoo that can't be opened.</exception>
    /// <exception cref="InvalidDataException">A release that can't be opened.</exception>
    public static T Read<T>(string folder, Func<Zoo, T> fromZoo, Func<Release, T> fromRelease)
    {
        if (IsRelease(folder)) return fromRelease(Release.Open(folder));
        using var zoo = Zoo.Open(folder);
        return fromZoo(zoo);
    }
}
