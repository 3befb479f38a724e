using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Mlds.Site.Tests.Maps;

/// <summary>The weight-space map's files, as its script reads them.</summary>
public sealed class MapTests : IAsyncLifetime
{
    /// <summary>Those that didn't diverge: of each machine one did.</summary>
    const int Networks = 24;

    readonly BrowsedZoo _zoo = new();

    public async ValueTask InitializeAsync() => await _zoo.With(new TinyPopulation { Networks = (Networks / 2) + 1 }.Json).Open();

    public ValueTask DisposeAsync() => _zoo.DisposeAsync();

    /// <summary>The bytes of an address, once what it needs is computed.</summary>
    async Task<byte[]> Computed(string address)
    {
        while (true)
        {
            var (status, bytes) = await _zoo.Bytes(address);
            if (status == HttpStatusCode.OK) return bytes;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData("invariants", "pca")]
    [InlineData("raw", "pca")]
    [InlineData("statistics", "tsne")]
    public async Task Points_are_the_networks_by_their_rows_and_the_same_as_CSV(string view, string method)
    {
        var bytes = await Computed($"map/points?view={view}&method={method}");
        Assert.Equal((Networks, 2), (BitConverter.ToInt32(bytes, 0), BitConverter.ToInt32(bytes, 4)));
        Assert.Equal(8 + (12 * Networks), bytes.Length);
        var rows = Enumerable.Range(0, Networks).Select(i => BitConverter.ToInt32(bytes, 8 + (8 * Networks) + (4 * i))).ToArray();
        Assert.Equal(Enumerable.Range(0, Networks + 2).Where(row => row % 13 != 1), rows.Order());
        var (_, csv, _) = await _zoo.Ask($"map/points.csv?view={view}&method={method}");
        var lines = csv.TrimEnd('\n').Split('\n')[1..];
        for (var i = 0; i < Networks; i++)
        {
            var cells = lines[i].Split(',');
            Assert.Equal(BitConverter.ToSingle(bytes, 8 + (8 * i)), float.Parse(cells[3], CultureInfo.InvariantCulture));
            var (status, _, address) = await _zoo.Ask($"map/open?row={rows[i]}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.EndsWith(cells[0], address.AbsolutePath, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Colours_are_categories_with_names_or_numbers_with_their_ends()
    {
        var bytes = await Computed("map/colours?by=machine");
        var length = BitConverter.ToInt32(bytes, 0);
        Assert.Equal(0, length % 4);
        var head = JsonNode.Parse(bytes.AsSpan(4, length))!;
        Assert.Equal("categories", (string?)head["kind"]);
        string[] names = [.. head["names"]!.AsArray().Select(name => (string)name!)];
        Assert.Equal(["SingleDirectMachine", "SimpleXORMachine"], names);
        var kinds = Enumerable.Range(0, Networks).Select(i => BitConverter.ToUInt16(bytes, 4 + length + (2 * i)));
        Assert.Equal([12, 12], kinds.CountBy(kind => kind).OrderBy(pair => pair.Key).Select(pair => pair.Value));

        bytes = await Computed("map/colours?by=seed");
        length = BitConverter.ToInt32(bytes, 0);
        head = JsonNode.Parse(bytes.AsSpan(4, length))!;
        Assert.Equal(("numbers", 0.0, 12.0), ((string?)head["kind"], (double)head["low"]!, (double)head["high"]!));
        Assert.Equal(4 + length + (4 * Networks), bytes.Length);
    }

    [Fact]
    public async Task A_box_lists_what_is_in_it_and_a_view_can_be_sent()
    {
        await Computed("map/points");
        var (status, text, _) = await _zoo.Ask("map?box=-1e9,-1e9,1e9,1e9");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"{Networks} networks in the box", text, StringComparison.Ordinal);
        (_, text, _) = await _zoo.Ask("map?box=-1e9,-1e9,1e9,1e9&hide=1");
        Assert.Contains($"{Networks / 2} networks in the box", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SimpleXORMachine:", text, StringComparison.Ordinal);
        (status, var table) = await _zoo.Bytes("map/table?box=1e9,1e9,2e9,2e9&at=0,0,2&hide=1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("There is no network in it.", Encoding.UTF8.GetString(table), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_computed_is_kept_for_the_next_time()
    {
        var first = await Computed("map/points?view=spectral");
        await using var again = await new BrowsedZoo().With(_zoo).Open();
        var (status, second) = await again.Bytes("map/points?view=spectral");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("map?view=invariant", "These networks have no view 'invariant'. Did you mean 'invariants'?")]
    [InlineData("map?method=umap", "A map is made by pca or tsne, not by 'umap'.")]
    [InlineData("map?by=colour", "There is no column 'colour'.")]
    [InlineData("map?hide=a", "What is hidden are numbers with commas between, not 'a'.")]
    [InlineData("map?box=1,2,3", "A box is four numbers with commas between, x0,y0,x1,y1, not '1,2,3'.")]
    public async Task What_can_t_be_shown_is_said_in_a_sentence(string address, string sentence)
    {
        var (status, text, _) = await _zoo.Ask(address);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(sentence, WebUtility.HtmlDecode(text), StringComparison.Ordinal);
    }
}
