using Mlds.Networks;
using Mlds.Zoos.Releases;
using PureHDF;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>layout.csv of both versions, and what else says the same.</summary>
public sealed class ReleaseLayoutTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_GRU_s_layout_is_of_version_1()
    {
        var layout = RecurrentSpec.Ds1.Layout;
        Assert.Equal(1, ReleaseLayout.Version(layout));
        var lines = ReleaseLayout.Text(layout).Split('\n');
        Assert.Equal(["tensor,rows,columns,offset,length", "gru.weight_ih_l0,36,9,0,324"], lines[..2]);
        Assert.Equal(["linear.4.bias,8,1,4356,8", ""], lines[^2..]);
    }

    [Fact]
    public void Another_cell_s_is_of_version_2_and_says_module_layer_role_gates_and_shape()
    {
        var lines = ReleaseLayout.Text(OtherForms.Own.Layout).Split('\n');
        Assert.Equal("tensor,module,layer,role,blocks,shape,offset,length", lines[0]);
        Assert.Equal("own.weight_ih_l0,own,0,weight,r z n,18x9,0,162", lines[1]);
        Assert.Equal("own.weight_hh_l0,own,0,recurrent_weight,r z n,18x6,162,108", lines[2]);
        Assert.Equal("own.bias_hh_l1,own,1,recurrent_bias,r z n,18,540,18", lines[8]);
        Assert.Equal(["linear.1.bias,linear,1,bias,,8,663,8", ""], lines[12..]);
    }

    [Fact]
    public void A_tensor_may_have_any_number_of_dimensions() => Assert.Equal(
        ["conv.0.weight,conv,0,weight,,5x3x6x6,0,540", "conv.0.bias,conv,0,bias,,5,540,5"],
        ReleaseLayout.Text(OtherForms.Convolution).Split('\n')[1..3]);

    [Fact]
    public void Safetensors_have_the_shapes_of_the_layout_whatever_their_dimensions()
    {
        var (layout, path) = (OtherForms.Convolution, _scratch.In("w.safetensors"));
        float[] rows = [.. Enumerable.Range(0, 2 * layout.Parameters).Select(i => (float)i)];
        using (var file = new SafetensorsFile(path, layout, 2, new Dictionary<string, string>()))
        {
            foreach (var row in rows.Chunk(layout.Parameters)) file.WriteRow(row);
            file.Finish();
        }

        Assert.Equal(rows, SafetensorsFile.ReadWeights(path, 2, layout, 2));
        OtherPrograms.Python(
            _scratch.Path,
            """
            import json, numpy
            data = open('w.safetensors', 'rb').read()
            size = int.from_bytes(data[:8], 'little')
            header = json.loads(data[8 : 8 + size])
            assert header['conv.0.weight']['shape'] == [2, 5, 3, 6, 6] and header['conv.0.bias']['shape'] == [2, 5]
            values = numpy.frombuffer(data[8 + size:][slice(*header['conv.0.weight']['data_offsets'])], '<f4').reshape(2, 5, 3, 6, 6)
            assert values[1, 4, 2, 5, 5] == 671 + 539 and values[0, 1, 0, 0, 0] == 108
            """);
    }

    [Fact]
    public void An_HDF5_file_has_the_columns_of_the_layout_of_version_2()
    {
        File.WriteAllText(_scratch.In("layout.csv"), ReleaseLayout.Text(OtherForms.Convolution));
        new H5File { ["layout"] = Hdf5Release.Layout(OtherForms.Convolution) }.Write(_scratch.In("l.h5"));
        OtherPrograms.Python(
            _scratch.Path,
            """
            import csv, h5py
            rows, layout = list(csv.DictReader(open('layout.csv'))), h5py.File('l.h5')['layout']
            assert set(rows[0]) == set(layout)
            for name in layout:
                assert [row[name] for row in rows] == [v.decode() if isinstance(v, bytes) else str(v) for v in layout[name]], name
            """);
    }
}
