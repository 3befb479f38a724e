namespace Mlds.Tasks.Images;

/// <summary>An IDX file, named by the SHA-256 of its bytes when unpacked.</summary>
public sealed record ImageFileKind : TaskFileKind
{
    readonly bool _areImages;

    ImageFileKind(bool areImages)
        : base(".idx", "images", areImages ? "file of images" : "file of labels") => _areImages = areImages;

    public static ImageFileKind Images { get; } = new(areImages: true);

    public static ImageFileKind Labels { get; } = new(areImages: false);

    public override Stream Open(string path) => IdxFile.Open(path);

    /// <summary>Found by what is in it: many sets of images have files of the same names.</summary>
    public override bool MayBe(string path, string sha256)
    {
        try
        {
            return IdxFile.HashOf(path) == sha256;
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public override string Fault(string path, TaskFile wanted)
    {
        try
        {
            if (_areImages) IdxFile.ReadImages(path);
            else IdxFile.ReadLabels(path);
            var what = wanted.Title is { } title ? $" ({title})" : "";
            var advice = wanted.Source is { } source ? $"; {source}" : "";
            return $"'{path}' has SHA-256 {IdxFile.HashOf(path)} unpacked, not {wanted.Sha256}{what}, so it is another file{advice}.";
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return problem.Message;
        }
    }
}
