using System.IO.Compression;

namespace Mlds.Server.Downloads;

/// <summary>Puts files where clients fetch them. A file appears whole or not at all, and one that is there never changes.</summary>
static class DownloadFiles
{
    public static void Write(ProjectFolder project, string name, ReadOnlySpan<byte> content)
    {
        var file = Place(project, name);
        File.WriteAllBytes(file + ".new", content);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Writes a program's file, and its gzipped form beside it, which clients fetch and unpack.</summary>
    public static void WriteZipped(ProjectFolder project, string name, byte[] content)
    {
        var file = Place(project, name);
        using (var to = new GZipStream(File.Create(file + ".gz.new"), CompressionLevel.Optimal)) to.Write(content);
        File.Move(file + ".gz.new", file + ".gz", overwrite: true);
        Write(project, name, content);
    }

    public static void Delete(ProjectFolder project, string name) => File.Delete(project.Download(name));

    static string Place(ProjectFolder project, string name)
    {
        var file = project.Download(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
