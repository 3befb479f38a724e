namespace Mlds.Testing;

/// <summary>The tree that these tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder with Mlds.slnx.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    static string Find(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Mlds.slnx")))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"No folder above {folder} has Mlds.slnx.");
    }
}
