namespace Mlds.Tests;

/// <summary>Files of this repository, found from where the test runs.</summary>
static class Repository
{
    internal static string File(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Mlds.slnx"))) return Path.Combine(folder.FullName, path);
        }

        throw new DirectoryNotFoundException("Mlds.slnx is in no folder above the test.");
    }
}
