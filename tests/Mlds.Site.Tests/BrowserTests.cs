using Microsoft.Playwright;

namespace Mlds.Site.Tests;

/// <summary>A real browser goes through the site's pages, on a desk and on a phone, light and dark.</summary>
public sealed class BrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    readonly BrowsedZoo _zoo = new();

    public static TheoryData<string> Screens => [.. Screen.All.Select(screen => screen.Name)];

    public async ValueTask InitializeAsync() => await _zoo.With(new TinyPopulation
    {
        Networks = 8,
        Machines = TinyPopulation.Named("SingleDirectMachine", "SimpleXORMachine", "SimpleXORModified"),
    }.Json).Open();

    public ValueTask DisposeAsync() => _zoo.DisposeAsync();

    /// <summary>Every kind of page, below the site.</summary>
    string[] Pages =>
    [
        "", "networks", "networks?machine=SimpleXORMachine&sort=-epochs", "networks?seed=1000..", $"networks/{Id("SimpleXORModified")}",
        $"networks/{Id("SimpleXORMachine")}?view=raw", "map", "map?view=raw&by=seed&box=-1e9,-1e9,1e9,1e9",
        $"networks/{_zoo.Of("SimpleXORMachine", 1).Recipe.Id}", "compare?a=SimpleXORMachine/0&b=SimpleXORModified/0", "nowhere",
        "networks?nonsense=1",
    ];

    string Id(string machine) => _zoo.Of(machine).Recipe.Id;

    Task<Visit> Visit(string page, Screen screen)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        return chromium.VisitAsync(new Uri(_zoo.Address, page), screen);
    }

    /// <summary>The map, on a desk.</summary>
    async Task<Visit> VisitMap()
    {
        await Compute();
        return await Visit("map", Screen.Desk);
    }

    /// <summary>What needs computing is there.</summary>
    async Task Compute()
    {
        foreach (var page in new[] { "map", "map?view=raw", $"networks/{Id("SimpleXORMachine")}?view=raw" })
            await _zoo.Computed(page);
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Every_page_passes_axe_with_all_unfolded_and_asks_no_other_host(string screen)
    {
        await Compute();
        foreach (var page in Pages)
        {
            await using var visit = await Visit(page, Screen.All.Single(one => one.Name == screen));
            await visit.Page.EvaluateAsync("document.querySelectorAll('details').forEach(one => one.open = true)");
            await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            Assert.Empty((await visit.ViolationsAsync()).Select(violation => $"{page}: {violation}"));

            // A page that isn't there says so in the console too.
            if (visit.Status == 200) Assert.Empty(visit.Errors.Select(error => $"{page}: {error}"));
            Assert.All(visit.Requests, request => Assert.Equal(_zoo.Address.Authority, request.Authority));
        }
    }

    [Fact]
    public async Task A_reader_comes_from_a_point_of_the_map_to_its_network_and_on_to_a_comparison()
    {
        await using var visit = await VisitMap();
        var page = visit.Page;
        await page.Locator(".map[data-state=ready] .map-plane").FocusAsync();
        var open = page.Locator("a.map-open");
        while (!await open.IsVisibleAsync()) await page.Keyboard.PressAsync("n");
        await page.GotoAsync(new Uri(new Uri(page.Url), await open.GetAttributeAsync("href")).AbsoluteUri);
        Assert.Contains("/networks/", page.Url, StringComparison.Ordinal);
        Assert.Matches("(Machine|Modified), seed [0-7]", await page.Locator("h1").InnerTextAsync());
        await page.Locator("#twins ~ p a").First.ClickAsync();
        await page.WaitForURLAsync("**/compare?**", new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator("#distance").WaitForAsync();
        Assert.Equal("Two networks", await page.Locator("h1").InnerTextAsync());
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task A_box_on_the_map_lists_its_networks_and_stays_in_the_address()
    {
        await using var visit = await VisitMap();
        var page = visit.Page;
        await page.GetByText("21 of them seen").WaitForAsync();
        await page.Locator(".map[data-state=ready] .map-plane").FocusAsync();
        await page.Keyboard.PressAsync("b");
        await page.GetByRole(AriaRole.Heading, new() { Name = "21 networks in the box" }).WaitForAsync();
        Assert.Contains("box=", page.Url, StringComparison.Ordinal);
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "21 networks in the box" }).WaitForAsync();
        await page.Locator(".map[data-state=ready] .map-legend button[data-style='0']").ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "14 networks in the box" }).WaitForAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task What_is_told_of_a_point_can_be_reached_by_the_pointer_and_dismissed_by_a_key()
    {
        await using var visit = await VisitMap();
        var page = visit.Page;
        await page.Locator(".map[data-state=ready] .map-plane").FocusAsync();
        while (!await page.Locator("a.map-open").IsVisibleAsync()) await page.Keyboard.PressAsync("n");
        var ring = (await page.Locator(".map-ring").BoundingBoxAsync())!;
        await page.Keyboard.PressAsync("Escape");
        var tip = page.Locator(".map-tip");
        await tip.WaitForAsync(new() { State = WaitForSelectorState.Hidden });

        // The keyboard is elsewhere, as with somebody who uses the pointer alone.
        await page.Locator("select").First.FocusAsync();
        await page.Mouse.MoveAsync(ring.X + (ring.Width / 2), ring.Y + (ring.Height / 2));
        await tip.WaitForAsync();
        var box = (await tip.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + (box.Height / 2), new() { Steps = 3 });
        await page.EvaluateAsync("new Promise(done => setTimeout(done, 600))");
        Assert.True(await tip.IsVisibleAsync());
        await page.Keyboard.PressAsync("Escape");
        await tip.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Colours_can_be_hidden_and_a_map_that_can_t_be_had_says_so()
    {
        await using var visit = await VisitMap();
        var page = visit.Page;
        var first = page.Locator(".map[data-state=ready] .map-legend button[data-style='0']");
        await first.ClickAsync();
        Assert.Equal("false", await first.GetAttributeAsync("aria-pressed"));
        await page.WaitForURLAsync("**hide=0**");
        await page.RouteAsync("**/map/points?**", route => route.AbortAsync());
        await page.ReloadAsync();
        await page.Locator(".map[data-state=failed] .map-error[role=alert]").WaitForAsync();
    }

    [Fact]
    public async Task The_table_is_sorted_filtered_and_left_by_keyboard_alone()
    {
        await using var visit = await Visit("networks", Screen.Desk);
        var page = visit.Page;
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter"); // to the content
        await page.GetByText("Filter", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("machine", new() { Exact = true }).FocusAsync();
        await page.Keyboard.TypeAsync("SimpleXORMod");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/networks?machine=SimpleXORModified**");
        Assert.Contains("8 of 24 networks", await page.Locator(".lead").InnerTextAsync(), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Link, new() { Name = "seed" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**sort=seed**");
        Assert.Equal("ascending", await page.Locator("th[aria-sort]").GetAttributeAsync("aria-sort"));
    }
}
