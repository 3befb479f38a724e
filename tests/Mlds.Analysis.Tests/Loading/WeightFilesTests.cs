using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Mlds.Analysis.Loading;

namespace Mlds.Analysis.Tests.Loading;

public sealed class WeightFilesTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Tensors(string name, string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(_scratch.File(name), [.. length, .. text, .. data]);
        return _scratch.In(name);
    }

    static float[] Read(WeightFiles files, params int[] rows) =>
        files.Read(rows, cancellation: TestContext.Current.CancellationToken);

    static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    [Fact]
    public void Numbers_of_four_precisions_are_read_as_float32()
    {
        byte[] data =
        [
            .. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-3e-4f), .. BitConverter.GetBytes((Half)0.25f),
            .. BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(-96f) >> 16)), .. new byte[8],
        ];
        Tensors(
            "f/a.safetensors",
            """
            {"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"s":{"dtype":"F32","shape":[],"data_offsets":[8,12]},
             "h":{"dtype":"F16","shape":[1,1],"data_offsets":[12,14]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[14,16]},
             "n":{"dtype":"I64","shape":[],"data_offsets":[16,24]},"__metadata__":{"by":"a test"}}
            """, data);
        var files = WeightFiles.Open([_scratch.In("f")]);
        Assert.Equal(["b", "d", "h", "s"], files.Tensors!.Select(tensor => tensor.Name));
        Assert.Equal([-96f, 1.5f, 0.25f, -3e-4f], Read(files, 0));
        Assert.Contains("without n (I64)", files.Says, StringComparison.Ordinal);
        Assert.Equal([1.5f, -3e-4f], Read(WeightFiles.Open([_scratch.In("f")], ["d", "s"]), 0));
    }

    [Fact]
    public void Networks_stacked_in_one_file_are_rows()
    {
        var path = Tensors(
            "all.safetensors",
            """{"l.2":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"l.10":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}}""",
            Bytes(1, 2, 3, 4, 5, 6, 10, 20, 30));
        var files = WeightFiles.Open([path]);
        Assert.Equal((3, 3), (files.Rows, files.Columns));
        Assert.Equal([1f, 2, 10, 5, 6, 30], Read(files, 0, 2));
    }

    [Fact]
    public void Files_follow_the_numbers_in_their_names()
    {
        foreach (var (name, value) in new[] { ("n2", 2f), ("n10", 10f), ("n1", 1f) })
            Tensors($"f/{name}.safetensors", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", Bytes(value));
        Assert.Equal([1f, 2, 10], Read(WeightFiles.Open([_scratch.In("f")]), 0, 1, 2));
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "doesn't fit its shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "or the file is cut short")]
    [InlineData("""{"w":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", "no tensor of F64, F32, F16 or BF16")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", "its header isn't what the format says")]
    [InlineData("""[1, 2]""", "its header isn't what the format says")]
    [InlineData("""{"w":""", "its header isn't what the format says")]
    public void What_is_no_safetensors_file_is_refused(string header, string says)
    {
        Tensors("f/a.safetensors", header, Bytes(1));
        var fault = Assert.Throws<InvalidDataException>(() => WeightFiles.Open([_scratch.In("f")]));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains("a.safetensors", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_differ_or_are_of_no_kind_are_refused()
    {
        Tensors("f/a.safetensors", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", Bytes(1));
        Tensors("f/b.safetensors", """{"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}""", Bytes(1));
        Tensors("f/c.safetensors", """{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", Bytes(1));
        string Says(params string[] paths) => Assert.Throws<InvalidDataException>(() =>
        {
            var files = WeightFiles.Open(paths);
            Read(files, [.. Enumerable.Range(0, files.Rows)]);
        }).Message;
        Assert.Contains("has the shape (1, 1), but in", Says(_scratch.In("f")), StringComparison.Ordinal);
        Assert.Contains(
            "has no tensor 'w', which", Says(_scratch.In("f/a.safetensors"), _scratch.In("f/c.safetensors")), StringComparison.Ordinal);
        File.WriteAllText(_scratch.In("w.pt"), "");
        Assert.Contains("is neither .npy nor .safetensors", Says(_scratch.In("w.pt")), StringComparison.Ordinal);
        Directory.CreateDirectory(_scratch.In("e"));
        Assert.Contains("holds no .npy and no .safetensors file", Says(_scratch.In("e")), StringComparison.Ordinal);
        File.WriteAllText(_scratch.In("f/x.npy"), "");
        Assert.Contains("holds both .npy and .safetensors", Says(_scratch.In("f")), StringComparison.Ordinal);
        Assert.Contains("There is no file or folder", Says(_scratch.In("g")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_may_be_gzipped_quoted_and_have_line_breaks_in_its_fields()
    {
        var path = _scratch.In("t.csv.gz");
        using (var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            stream.Write("\uFEFFa,b\r\n\"x, y\",\"said \"\"no\"\"\"\r\n\r\n\"two\nlines\",2"u8);
        var table = CsvTable.Read(path);
        Assert.Equal(["a", "b"], table.Columns);
        Assert.Equal(["x, y", "two\nlines"], table.Column("A", "--label"));
        Assert.Equal(["said \"no\"", "2"], table.Column("b", "--label"));
        Assert.Equal([2, 4], [table.Line(0), table.Line(1)]);
        Assert.Contains(
            "--label: ", Assert.Throws<InvalidDataException>(() => table.Column("c", "--label")).Message, StringComparison.Ordinal);
    }
}
