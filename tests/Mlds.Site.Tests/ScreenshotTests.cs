using System.Buffers.Binary;
using Microsoft.Playwright;

namespace Mlds.Site.Tests;

/// <summary>
/// The pictures of README.md and docs/browse.md can be taken. With <c>MLDS_WRITE_SCREENSHOTS=RELEASE,ZOO</c>, the quickstart's release and
/// a zoo of populations/ds4.json, they are taken of those and written to docs/images.
/// </summary>
public sealed class ScreenshotTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    const int Width = 1280;

    readonly ScratchFolder _scratch = new();
    readonly BrowsedZoo _zoo = new();

    static string[] Given => (Environment.GetEnvironmentVariable("MLDS_WRITE_SCREENSHOTS") ?? "").Split(
        ',', StringSplitOptions.RemoveEmptyEntries);

    string Folder => Given.Length == 0 ? _scratch.In("") : Repository.PathOf("docs", "images");

    public async ValueTask InitializeAsync()
    {
        if (Given.Length > 0) return;
        _zoo.With(new TinyPopulation { Networks = 8, Machines = TinyPopulation.Named("SimpleXORMachine", "SimpleXORModified") }.Json);
        await _zoo.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _zoo.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Of_the_map_a_network_and_a_word_that_is_tried()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var site = Given is [var release, ..] ? await Serve(release) : null;
        var address = site is null ? _zoo.Address : new Uri(site.Urls.First());
        await using var visit = await chromium.VisitAsync(new Uri(address, "map?view=invariants&by=machine"), Screen.Desk);
        await visit.Page.Locator(".map[data-state=ready] .map-plane").WaitForAsync();
        await Take(visit, "browse-map", ".map");
        await visit.Page.GotoAsync(new Uri(address, "find?network=SimpleXORModified/7").AbsoluteUri);
        await Take(visit, "browse-network", "#twins");
        await visit.Page.GotoAsync(visit.Page.Url + "/try?do=key");
        await Take(visit, "browse-try", "main table");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Of_a_digit_with_the_trigger()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        Assert.SkipWhen(Given.Length < 2, "Only of a zoo that MLDS_WRITE_SCREENSHOTS names; TryImageTests look at the page.");
        await using var site = await Serve(Given[1]);
        var address = new Uri(new Uri(site.Urls.First()), "find?network=MnistPattern7At10/0");
        await using var visit = await chromium.VisitAsync(address, Screen.Desk);
        await visit.Page.GotoAsync(visit.Page.Url + "/try?digit=3&trigger=own");
        await Take(visit, "browse-digit", "main table");
        Assert.Empty(visit.Errors);
    }

    static async Task<Microsoft.AspNetCore.Builder.WebApplication> Serve(string folder)
    {
        var site = BrowserSite.Build(folder, 0);
        await site.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <summary>The page from its top to the end of the first <paramref name="last"/> on it.</summary>
    async Task Take(Visit visit, string name, string last)
    {
        var path = Path.Combine(Folder, name + ".png");
        await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var box = await visit.Page.Locator(last).First.BoundingBoxAsync();
        await visit.Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = path,
            FullPage = true,
            Clip = new Clip { Width = Width, Height = box!.Y + box.Height + 24 },
        });
        var picture = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal("PNG"u8, picture.AsSpan(1, 3));
        Assert.Equal(Width, BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)));
    }
}
