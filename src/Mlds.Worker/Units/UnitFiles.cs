using Mlds.Bundles;
using Mlds.Tasks;
using Mlds.Worker.Frame;

namespace Mlds.Worker.Units;

/// <summary>Files that a unit's tasks are read from: they come beside its bundle under their SHA-256 (docs/formats/bundle.md).</summary>
static class UnitFiles
{
    /// <summary>The bundle with its files in their places; each is what its name says.</summary>
    /// <param name="resolve">Where the file of a name is.</param>
    /// <exception cref="FailureException">A file is missing or another one; the message says which.</exception>
    public static Bundle Found(Bundle bundle, Func<string, string> resolve)
    {
        var folders = new List<string>();
        foreach (var file in bundle.Files)
        {
            var path = resolve(file.KeptName);
            Check(file, path);
            var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
            if (!folders.Contains(folder)) folders.Add(folder);
        }

        return bundle.WithFilesIn(folders);
    }

    static void Check(TaskFile file, string path)
    {
        if (!File.Exists(path))
        {
            throw new FailureException(
                $"The unit's networks learn from the {file.Kind.Noun} '{file.KeptName}', which isn't there ('{path}'); put it beside the "
                + "bundle, or have the client reset the project, which fetches it again.");
        }

        string actual;
        using (var stream = File.OpenRead(path)) actual = Sha256Hash.HexOf(stream);
        if (actual == file.Sha256) return;
        throw new FailureException(
            $"'{path}' isn't the {file.Kind.Noun} that the unit's networks learn from: its SHA-256 is {actual}, not {file.Sha256}; delete "
            + "it, or have the client reset the project, which fetches it again.");
    }
}
