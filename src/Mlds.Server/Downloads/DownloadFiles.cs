using System.IO.Compression;
using Mlds.Server.Project;

namespace Mlds.Server.Downloads;

/// <summary>Puts files where clients fetch them. A file appears whole or not at all, and one that is there never changes.</summary>
static class DownloadFiles
{
    public static void Write(ProjectFolder project, string name, ReadOnlySpan<byte> content) => WriteWhole(Place(project, name), content);

    /// <summary>Writes a program's file, and its gzipped form beside it, which clients fetch and unpack.</summary>
    public static void WriteProgram(ProjectFolder project, string name, ReadOnlySpan<byte> content)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(content);
        var file = Place(project, name);
        WriteWhole(file + ".gz", zipped.GetBuffer().AsSpan(0, (int)zipped.Length));
        WriteWhole(file, content);
    }

    public static void Delete(ProjectFolder project, string name) => File.Delete(project.Download(name));

    static string Place(ProjectFolder project, string name)
    {
        var file = project.Download(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    static void WriteWhole(string file, ReadOnlySpan<byte> content)
    {
        try
        {
            File.WriteAllBytes(file + ".new", content);
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(file + ".new"); // don't leave a full disk fuller than before
            throw;
        }
    }
}
