using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Mlds.Training;

namespace Mlds.Site.Tests.Comparing;

/// <summary>Two networks beside each other.</summary>
public sealed class CompareTests : IAsyncLifetime
{
    const string Pair = "?a=SimpleXORMachine/0&b=SimpleXORMachine/2";

    readonly BrowsedZoo _zoo = new();

    public async ValueTask InitializeAsync() => await _zoo.With(new TinyPopulation().Json).Open();

    public ValueTask DisposeAsync() => _zoo.DisposeAsync();

    async Task<float[]> Vector(string query)
    {
        var (status, bytes) = await _zoo.Bytes("compare/between.npy" + Pair + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(10 + BitConverter.ToUInt16(bytes, 8))).ToArray();
    }

    [Fact]
    public async Task The_ends_of_the_line_are_the_networks_and_its_middle_their_mean()
    {
        var (a, b) = (_zoo.Of("SimpleXORMachine").Weights, _zoo.Of("SimpleXORMachine", 2).Weights);
        Assert.Equal(a, await Vector("&form=raw&share=0"));
        Assert.Equal(b, await Vector("&form=raw&share=1"));
        Assert.Equal(a.Zip(b, (x, y) => (float)((0.5 * x) + (0.5 * y))), await Vector("&form=raw"));
    }

    [Fact]
    public async Task Losses_on_the_line_are_those_of_the_training_kernels_and_alignment_changes_no_end()
    {
        var (status, text, _) = await _zoo.Ask("compare/interpolation.csv" + Pair);
        Assert.Equal(HttpStatusCode.OK, status);
        double[][] rows = [.. text.TrimEnd('\n').Split('\n')[1..].Select(line =>
            line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(21, rows.Length);
        var (recipe, weights) = _zoo.Of("SimpleXORMachine");
        var expected = Evaluation.Loss(recipe.Network, weights, recipe.Task.Generate().Validation);
        Assert.Equal(expected, rows[0][1], 1e-6);
        Assert.Equal(rows[0][1], rows[0][2], 1e-5);
        Assert.Equal(rows[^1][1], rows[^1][2], 1e-5);
    }

    [Fact]
    public async Task A_network_s_weights_are_there_as_numbers_and_pictures()
    {
        var (recipe, weights) = _zoo.Of("SimpleXORMachine", 2);
        var (_, text, _) = await _zoo.Ask($"networks/{recipe.Id}/weights.csv");
        Assert.Equal(
            weights, text.TrimEnd('\n').Split('\n')[1..].Select(line => float.Parse(line.Split(',')[2], CultureInfo.InvariantCulture)));
        var files = new[] { ("weights.svg?form=aligned", "<svg"), ("losses.svg", "<svg"), ("weights.png", "\u0089PNG") };
        foreach (var (address, begins) in files)
        {
            var (status, bytes) = await _zoo.Bytes($"networks/{recipe.Id}/{address}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains(begins, System.Text.Encoding.Latin1.GetString(bytes[..200]), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("compare?a=SimpleXORMachine/0&b=SimpleXORMachine/1", HttpStatusCode.NotFound, "SimpleXORMachine, seed 1 diverged")]
    [InlineData("compare", HttpStatusCode.BadRequest, "Give two networks to compare")]
    [InlineData("compare?a=SimpleXORMachine/0&b=SimpleXORMachin/1", HttpStatusCode.NotFound, "Did you mean 'SimpleXORMachine'?")]
    [InlineData("compare?a=SimpleXORMachine/0&b=SimpleXORMachine/99", HttpStatusCode.NotFound, "no network of SimpleXORMachine with")]
    [InlineData("compare?a=SimpleXORMachine/0&b=SimpleXORMachine/x", HttpStatusCode.BadRequest, "A seed is a whole number")]
    [InlineData("compare/between.npy" + Pair + "&share=2", HttpStatusCode.BadRequest, "A share of the way is")]
    [InlineData("compare/between.npy" + Pair + "&form=x", HttpStatusCode.BadRequest, "Weights are shown raw or aligned, not 'x'.")]
    [InlineData("compare/interpolation.gif" + Pair, HttpStatusCode.NotFound, "Figures are there as svg, png and csv, not as 'gif'.")]
    [InlineData("networks/0123", HttpStatusCode.NotFound, "The zoo has no network with the recipe id '0123'.")]
    [InlineData("find?network=zz", HttpStatusCode.BadRequest, "'zz' is neither a recipe id")]
    [InlineData("nowhere", HttpStatusCode.NotFound, "There is no page '/nowhere'.")]
    public async Task What_isn_t_there_is_said_in_a_sentence(string address, HttpStatusCode expected, string sentence)
    {
        var (status, text, _) = await _zoo.Ask(address);
        Assert.Equal(expected, status);
        Assert.Contains(sentence, WebUtility.HtmlDecode(text), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }
}
