namespace Mlds.Testing;

/// <summary>A new empty folder that goes when the test is over.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mlds-test-").FullName;

    /// <summary>The path of <paramref name="name"/> in this folder, whether there is anything or not.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The path of <paramref name="name"/> in this folder; its parent folders are made.</summary>
    public string File(string name)
    {
        var path = In(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed may still be writing.
        }
    }
}
