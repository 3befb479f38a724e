using Mlds.Analysis.Decomposition;
using Mlds.Analysis.Loading;
using Mlds.Analysis.Views;
using Mlds.Zoos.Releases;

namespace Mlds.Analysis.Tests.Loading;

public sealed class ForeignWeightsTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    string Layout => _scratch.In("layout.csv");

    string Weights => _scratch.In("weights.npy");

    public void Dispose() => _scratch.Dispose();

    /// <summary>30 networks of the shape of a small convolutional network, written by numpy itself.</summary>
    void Save(string change = "") => Python.Run(
        $$"""
        r = np.random.RandomState(0)
        a = r.randn(30, 16 + 144 + 10).astype('<f4')
        {{change}}
        np.save({{System.Text.Json.JsonSerializer.Serialize(Weights)}}, a)
        out(ok=1)
        """);

    const string SmallCnnZoo = """
        varname,start_idx,end_idx,size,shape
        sequential/conv2d/bias:0,0,16,16,"(16,)"
        sequential/conv2d/kernel:0,16,160,144,"(3, 3, 1, 16)"
        sequential/dense/bias:0,160,170,10,"(10,)"
        """;

    [Fact]
    public void A_convolutional_network_has_the_views_that_need_no_GRU()
    {
        Save();
        File.WriteAllText(Layout, SmallCnnZoo);
        var matrix = ForeignWeights.Read(Weights, Layout);
        Assert.Equal((30, 170), (matrix.Networks, matrix.Parameters));
        var kernel = matrix.Tensors[1];
        Assert.Equal(("sequential/conv2d/kernel:0", 9, 16, 16), (kernel.Name, kernel.Rows, kernel.Columns, kernel.Offset));
        Assert.Equal(170, RawView.Build(matrix).Columns);
        Assert.Equal(21, StatisticsView.Build(matrix).Columns);
        Assert.Equal(3, SpectralView.Build(matrix).Columns);
        Assert.Equal(2, Pca.Fit(RawView.Build(matrix), new PcaOptions(2)).Components.Count);
        var expected = Python.Run(
            $$"""
            a = np.load({{System.Text.Json.JsonSerializer.Serialize(Weights)}})
            out(row=a[7].astype(float), mean=float(a[7, 16:160].mean()), norm=float(np.linalg.norm(a[7, 16:160].reshape(9, 16), 2)))
            """);
        Near.All(expected.Doubles("row"), RawView.Build(matrix).Row(7).ToArray(), 1e-9);
        Assert.Equal(expected.Double("mean"), StatisticsView.Build(matrix).Row(7)[7], 1e-6);
        Assert.Equal(expected.Double("norm"), SpectralView.Build(matrix).Row(7)[0], 1e-5);
    }

    [Fact]
    public void Float64_our_own_layout_and_no_layout_are_read_too()
    {
        Save("a = a.astype('<f8')");
        File.WriteAllText(Layout, "tensor,rows,columns,offset,length\nlinear.weight,16,10,0,160\nlinear.bias,10,1,160,10\n");
        var matrix = ForeignWeights.Read(Weights, Layout);
        Assert.Equal("linear.weight[15,9]", RawView.Build(matrix).ColumnNames[159]);
        Assert.Equal(RawView.Build(ForeignWeights.Read(Weights)).Values, RawView.Build(matrix).Values);
        Assert.Equal(RawView.Build(matrix).Values.Length, NpyMatrix.Open(Weights).ReadRows().Sum(row => row.Length));
    }

    [Theory]
    [InlineData("varname,start_idx\na,0", "it needs a name")]
    [InlineData("varname,start_idx,end_idx\na,0,171", "only 170 columns")]
    [InlineData("varname,start_idx,end_idx\na,zero,17", "line 2")]
    [InlineData("varname,start_idx,end_idx\na,0,10\nb,20,20", "line 3")]
    [InlineData("varname,start_idx,end_idx,shape\na,0,10,\"(4, 3)\"", "whole rows")]
    [InlineData("varname,start_idx,end_idx\na,0", "2 fields")]
    [InlineData("varname,start_idx,end_idx", "no tensor")]
    public void A_layout_that_is_none_is_refused_with_its_line(string layout, string says)
    {
        Save();
        File.WriteAllText(Layout, layout);
        var message = Assert.Throws<InvalidDataException>(() => ForeignWeights.Read(Weights, Layout)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Contains("layout.csv", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a = a.astype('<i4')", "type '<i4'")]
    [InlineData("a = np.asfortranarray(a)", "Fortran")]
    [InlineData("a = a.ravel()", "two dimensions")]
    public void An_array_of_another_kind_is_refused_with_what_to_do(string change, string says)
    {
        Save(change);
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => ForeignWeights.Read(Weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_short_missing_or_of_something_else_is_refused()
    {
        Save();
        File.WriteAllBytes(Weights, File.ReadAllBytes(Weights)[..^3]);
        Assert.Contains(
            "should have", Assert.Throws<InvalidDataException>(() => ForeignWeights.Read(Weights)).Message, StringComparison.Ordinal);
        File.WriteAllText(Weights, "no numbers here");
        Assert.Contains(
            "doesn't begin", Assert.Throws<InvalidDataException>(() => ForeignWeights.Read(Weights)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no file", Assert.Throws<InvalidDataException>(() => ForeignWeights.Read(Weights + "x")).Message, StringComparison.Ordinal);
    }
}
