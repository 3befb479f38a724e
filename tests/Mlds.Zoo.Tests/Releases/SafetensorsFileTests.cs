using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary><c>weights.safetensors</c> by the format's own rules, read with nothing but Python and NumPy.</summary>
public sealed class SafetensorsFileTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Drawn();

    public void Dispose() => _zoo.Dispose();

    [Fact]
    public void The_header_keeps_every_rule_and_the_tensors_are_the_weights()
    {
        _zoo.Write("r", [1, 4], "npy", "safetensors");
        OtherPrograms.Python(
            _zoo["r"],
            """
            import json, struct, numpy, csv
            data = open('weights.safetensors', 'rb').read()
            (size,) = struct.unpack('<Q', data[:8])
            assert size < 100_000_000 and (8 + size) % 8 == 0, size
            text = data[8:8 + size]
            assert text[:1] == b'{' and text.rstrip(b' ')[-1:] == b'}'
            pairs = json.loads(text.decode('utf-8'), object_pairs_hook=lambda pairs: pairs)
            names = [name for name, _ in pairs]
            assert len(names) == len(set(names))
            header = json.loads(text)
            about = header.pop('__metadata__')
            assert all(type(key) is str and type(value) is str for key, value in about.items())
            end = 0
            for name, tensor in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
                assert set(tensor) == {'dtype', 'shape', 'data_offsets'} and tensor['dtype'] == 'F32'
                begin, stop = tensor['data_offsets']
                assert begin == end, 'no holes'
                assert stop - begin == 4 * numpy.prod(tensor['shape'])
                end = stop
            assert 8 + size + end == len(data)
            weights = numpy.load('weights.npy')
            layout = list(csv.DictReader(open('layout.csv')))
            assert {row['tensor'] for row in layout} == set(header)
            for row in layout:
                tensor, offset, length = header[row['tensor']], int(row['offset']), int(row['length'])
                values = numpy.frombuffer(data[8 + size:][slice(*tensor['data_offsets'])], '<f4').reshape(tensor['shape'])
                assert tensor['shape'] == [12, int(row['rows'])] + ([] if 'bias' in row['tensor'] else [int(row['columns'])])
                assert (values.reshape(12, -1) == weights[:, offset:offset + length]).all()
            """);
    }

    /// <param name="blocks">How often as many as are gathered before they are written.</param>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(1, 0)]
    [InlineData(2, 88)]
    public void Networks_come_back_whatever_their_number(int blocks, int more)
    {
        var layout = Example.Small.Network.Layout;
        var networks = (blocks * (SafetensorsFile.BlockValues / layout.Parameters)) + more;
        var path = _zoo["w.safetensors"];
        using (var file = new SafetensorsFile(path, layout, networks, new Dictionary<string, string>()))
        {
            for (var i = 0; i < networks; i++)
                file.WriteRow([.. Enumerable.Range(0, layout.Parameters).Select(column => (1000f * i) + column)]);
            file.Finish();
        }

        var rows = Math.Min(3, networks);
        var read = SafetensorsFile.ReadWeights(path, networks, layout, networks);
        float[] written =
            [.. Enumerable.Range(0, read.Length).Select(i => (1000f * (i / layout.Parameters)) + (i % layout.Parameters))];
        Assert.Equal(networks * layout.Parameters, read.Length);
        Assert.True(read.AsSpan().SequenceEqual(written));
        Assert.Equal(read[..(rows * layout.Parameters)], SafetensorsFile.ReadWeights(path, rows, layout, networks));
    }

    [Fact]
    public void A_file_that_is_cut_short_or_altered_is_refused()
    {
        var written = _zoo.Write("r", [2], "safetensors");
        Assert.Contains(written.Files, file => file.Name == SafetensorsFile.FileName);
        var path = Path.Combine(_zoo["r"], SafetensorsFile.FileName);
        var whole = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, 8, 100, whole.Length - 4 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<InvalidDataException>(() => Release.Open(_zoo["r"]).ReadWeights());
        }

        whole[^1] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.Contains("are damaged", Assert.Throws<InvalidDataException>(() => Release.Open(_zoo["r"]).ReadWeights()).Message);
    }
}
