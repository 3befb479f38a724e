using Mlds.Tasks.Images;

namespace Mlds.Tests.Tasks.Images;

public sealed class IdxFileTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Write(byte[] bytes)
    {
        var path = _scratch.In($"{Guid.NewGuid():n}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static readonly byte[] s_images = IdxFiles.Of([2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Axes_and_values_are_read_packed_or_not(bool packed)
    {
        var images = IdxFile.ReadImages(Write(packed ? IdxFiles.Packed(s_images) : s_images));
        Assert.Equal([2, 3, 2], images.Axes);
        Assert.Equal(Enumerable.Range(1, 12).Select(value => (byte)value), images.Values);
        var labels = IdxFiles.Of([3], [7, 0, 255]);
        Assert.Equal([7, 0, 255], IdxFile.ReadLabels(Write(packed ? IdxFiles.Packed(labels) : labels)).Values);
    }

    [Fact]
    public void A_packed_file_has_the_hash_of_what_is_in_it() =>
        Assert.Equal(
            (Sha256Hash.HexOf(s_images), Sha256Hash.HexOf(s_images)),
            (IdxFile.HashOf(Write(s_images)), IdxFile.HashOf(Write(IdxFiles.Packed(s_images)))));

    [Fact]
    public void A_file_that_is_written_anew_is_hashed_anew()
    {
        var path = Write(s_images);
        Assert.Equal(Sha256Hash.HexOf(s_images), IdxFile.HashOf(path));
        File.WriteAllBytes(path, [.. s_images, 0]);
        Assert.Equal(Sha256Hash.HexOf([.. s_images, 0]), IdxFile.HashOf(path));
    }

    [Fact]
    public void Colour_images_have_an_axis_more() =>
        Assert.Equal([1, 3, 2, 1], IdxFile.ReadImages(Write(IdxFiles.Of([1, 3, 2, 1], new byte[6]))).Axes);

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "is cut short: it has fewer than 4 bytes", [0, 0] },
        { "is cut short within its header", s_images[..9] },
        { "is cut short: it has 11 of the 12 values", s_images[..^1] },
        { "has more than the 12 values", [.. s_images, 0] },
        { "is no IDX file: it begins with 25504446", "%PDF"u8.ToArray() },
        { "has values of IDX type 0x0d", IdxFiles.Of([1, 1, 1], new byte[4], type: 13) },
        { "holds labels where images belong (1 axes, not 3 or 4); perhaps two files were swapped", IdxFiles.Of([3], [1, 2, 3]) },
        { "holds rows of a table where images belong", IdxFiles.Of([1, 3], [1, 2, 3]) },
        { "should have 0 values by its header", IdxFiles.Of([0, 3, 2], []) },
        { "should have", IdxFiles.Of([1 << 20, 1 << 20, 1 << 10], []) },
        { "is a gzip file that is damaged or cut short", [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8] },
        { "cut short", IdxFiles.Packed(s_images)[..^12] },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_is_wrong_with_a_file_is_said_with_its_path(string says, byte[] bytes)
    {
        var path = Write(bytes);
        var told = Assert.Throws<InvalidDataException>(() => IdxFile.ReadImages(path)).Message;
        Assert.StartsWith($"'{path}' ", told, StringComparison.Ordinal);
        Assert.Contains(says, told, StringComparison.Ordinal);
        Assert.EndsWith(".", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_are_no_labels() =>
        Assert.Contains(
            "holds images where labels belong", Assert.Throws<InvalidDataException>(() => IdxFile.ReadLabels(Write(s_images))).Message,
            StringComparison.Ordinal);
}
