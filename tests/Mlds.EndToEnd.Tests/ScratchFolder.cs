namespace Mlds.EndToEnd.Tests;

/// <summary>A new empty folder that goes when the test is over.</summary>
sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mlds-test-").FullName;

    /// <summary>The path of <paramref name="name"/> in this folder; its parent folders are made.</summary>
    public string File(string name)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
