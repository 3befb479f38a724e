using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Training;
using Mlds.Zoos;

namespace Mlds.Site.Tests;

/// <summary>
/// A zoo and the site of it, asked over HTTP as a browser asks. Its networks have real recipes and weights drawn at random, as showing and
/// trying them asks nothing more; those of seed 1 diverged, and have no number left.
/// </summary>
sealed partial class BrowsedZoo : IAsyncDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly Dictionary<string, float[]> _weights = [];
    readonly HttpClient _client = new();
    string _folder = "";
    WebApplication? _site;

    /// <summary>What the site computes is kept in a folder of the tests' own.</summary>
    static BrowsedZoo() => Environment.SetEnvironmentVariable(
        "XDG_CACHE_HOME", Directory.CreateTempSubdirectory("mlds-test-cache-").FullName);

    /// <summary>Where the site is.</summary>
    public Uri Address => _client.BaseAddress!;

    /// <summary>The path of <paramref name="name"/> beside the population's file.</summary>
    public string this[string name] => _scratch.In(name);

    public Population Population { get; private set; } = null!;

    /// <summary>Writes the zoo: the networks of all machines that the population asks for.</summary>
    public BrowsedZoo With(string populationJson)
    {
        var path = this["population.json"];
        File.WriteAllText(path, populationJson);
        Population = Population.Parse(populationJson, path, TaskFiles.Beside(path));
        using var writer = ZooWriter.Open(this["z"], ZooPopulation.Of(Population));
        foreach (var machine in Population.MachineNames)
        {
            writer.Add([.. Enumerable.Range(0, Population.DefaultNetworks).Select(seed =>
            {
                var network = Network(Population.Recipe(machine, (uint)seed));
                _weights[network.Recipe.Id] = network.Weights;
                return network;
            })]);
        }

        _folder = this["z"];
        return this;
    }

    /// <summary>Shows another's zoo, which must live longer.</summary>
    public BrowsedZoo With(BrowsedZoo other)
    {
        (_folder, Population) = (other._folder, other.Population);
        return this;
    }

    /// <param name="data">The folder that <c>--data</c> names.</param>
    public async Task<BrowsedZoo> Open(string? data = null)
    {
        _site = BrowserSite.Build(_folder, 0, data);
        await _site.StartAsync(TestContext.Current.CancellationToken);
        _client.BaseAddress = new Uri(_site.Urls.First());
        return this;
    }

    /// <summary>A network's recipe and its weights.</summary>
    public (Recipe Recipe, float[] Weights) Of(string machine, uint seed = 0)
    {
        var recipe = Population.Recipe(machine, seed);
        return (recipe, _weights[recipe.Id]);
    }

    /// <summary>What is at an address, and where it was in the end.</summary>
    public async Task<(HttpStatusCode Status, string Text, Uri Address)> Ask(string address)
    {
        using var answer = await _client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.Content.Headers.ContentType?.MediaType == "text/html") Assert.Contains("</html>", text, StringComparison.Ordinal);
        return (answer.StatusCode, text, answer.RequestMessage!.RequestUri!);
    }

    /// <summary>The page at an address, once what it shows is computed.</summary>
    public async Task<string> Computed(string address)
    {
        while (true)
        {
            var (status, text, _) = await Ask(address);
            Assert.Equal(HttpStatusCode.OK, status);
            if (!text.Contains("Being computed", StringComparison.Ordinal)) return text;
            await Task.Yield();
        }
    }

    /// <summary>The bytes of a file at an address.</summary>
    public async Task<(HttpStatusCode Status, byte[] Bytes)> Bytes(string address)
    {
        using var answer = await _client.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The page on which a network is tried, or what is beside it.</summary>
    /// <param name="more">What follows its address: <c>?word=s3</c>.</param>
    public Task<(HttpStatusCode Status, string Text, Uri Address)> Try(string machine, string more, uint seed = 0) =>
        Ask($"networks/{Population.Recipe(machine, seed).Id}/try{more}");

    /// <summary>A table's numbers as they are written: its columns by name.</summary>
    public async Task<Dictionary<string, string[]>> TryCsv(string machine, string more)
    {
        var (status, text, _) = await Try(machine, more);
        Assert.Equal(HttpStatusCode.OK, status);
        string[][] rows = [.. text.TrimEnd('\n').Split('\n').Select(line =>
            Cell().Matches(line).Select(cell => cell.Groups["plain"].Value + cell.Groups["quoted"].Value).ToArray())];
        return rows[0].Index().ToDictionary(column => column.Item, column => rows[1..].Select(row => row[column.Index]).ToArray());
    }

    /// <summary>The sentence with which an address is refused.</summary>
    public async Task<string> Refused(HttpStatusCode status, string machine, string more)
    {
        var (refused, text, _) = await Try(machine, more);
        Assert.Equal(status, refused);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var said = Problem().Match(text) is { Success: true } beside ? beside : Lead().Match(text);
        return WebUtility.HtmlDecode(said.Groups["said"].Value);
    }

    static TrainedNetwork Network(Recipe recipe)
    {
        var random = new Random((int)recipe.Seed + recipe.MachineName.Length);
        var weights = new float[recipe.Network.Parameters];
        var isLost = recipe.Seed == 1;
        for (var i = 0; i < weights.Length; i++) weights[i] = isLost ? float.NaN : (random.NextSingle() - 0.5f) * 1.6f;
        var loss = isLost ? float.NaN : 0.25f;
        EpochRecord[] history = [new(1, loss, loss, 0.01f)];
        return new TrainedNetwork(
            recipe, isLost ? Outcome.Diverged : Outcome.Converged, 1, loss, loss, weights, history,
            [Milestone.Link(recipe.Id, 1, loss, WeightsHash.Of(weights))], new Provenance("0.1.0", "a processor", "avx2", "a-host", 1.5));
    }

    [GeneratedRegex("(?<=^|,)(\"(?<quoted>[^\"]*)\"|(?<plain>[^,\"]*))(?=,|$)")]
    private static partial Regex Cell();

    /// <summary>Beside the field that it is about.</summary>
    [GeneratedRegex("role=\"alert\"[^>]*>(?<said>[^<]+)")]
    private static partial Regex Problem();

    /// <summary>On a page of its own.</summary>
    [GeneratedRegex("<p class=\"lead\">(?<said>[^<]+)")]
    private static partial Regex Lead();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_site is not null) await _site.DisposeAsync();
        _scratch.Dispose();
    }
}
