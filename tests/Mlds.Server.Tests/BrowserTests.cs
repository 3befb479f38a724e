using Microsoft.Playwright;

namespace Mlds.Server.Tests;

/// <summary>A real browser goes through a project's pages and its zoo's, on a desk and on a phone, light and dark.</summary>
public sealed class BrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    ProjectWithZoo _zoo = null!;
    Caller _ada = null!;

    public static TheoryData<string> Screens => [Screen.Desk.Name, Screen.DarkPhone.Name];

    public async ValueTask InitializeAsync()
    {
        _zoo = await ProjectWithZoo.Start();
        _zoo.Fill();
        await _zoo.HasMap();
        _ada = await Caller.Register(_zoo.Project, "ada");
        await _ada.Call();
    }

    public async ValueTask DisposeAsync()
    {
        _ada.Dispose();
        await _zoo.DisposeAsync();
    }

    /// <summary>Every kind of page, below the master URL.</summary>
    string[] Pages =>
    [
        "", "server_status", "hosts", "account", "get_passwd.php", $"account_finish.php?auth={_ada.Key}", "account_finish.php", "nowhere",
        "zoo/", "zoo/networks", $"zoo/networks/{ProjectWithZoo.Id()}", $"zoo/networks/{ProjectWithZoo.Id()}/try", "zoo/map",
        $"zoo/compare?a={ProjectWithZoo.Id()}&b={ProjectWithZoo.Id(1)}", "zoo/nowhere",
    ];

    Task<Visit> Visit(string page, Screen screen)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        return chromium.VisitAsync(new Uri(_zoo.Http.BaseAddress!, page), screen);
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Every_page_passes_axe_and_asks_no_other_host(string screen)
    {
        foreach (var page in Pages)
        {
            await using var visit = await Visit(page, Screen.All.Single(one => one.Name == screen));
            await visit.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await IsGood(visit, page);
        }
    }

    async Task IsGood(Visit visit, string page)
    {
        Assert.Empty((await visit.ViolationsAsync()).Select(violation => $"{page}: {violation}"));

        // A page that isn't there says so in the console too.
        if (visit.Status == 200) Assert.Empty(visit.Errors.Select(error => $"{page}: {error}"));
        Assert.All(visit.Requests, request => Assert.Equal(_zoo.Http.BaseAddress!.Authority, request.Authority));
        Assert.True(
            await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
            $"{page} is wider than the screen");
    }

    [Fact]
    public async Task A_volunteer_opens_the_own_account()
    {
        await using var visit = await Visit("account", Screen.Phone);
        var page = visit.Page;
        await page.GetByLabel("E-mail address").FillAsync("ada@example.org");
        await page.GetByLabel("Password, or account key").FillAsync(_ada.Key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show my account" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "ada" }).WaitForAsync();
        Assert.Contains(_ada.Key, await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        await IsGood(visit, "account");
    }

    [Fact]
    public async Task A_visitor_comes_from_the_front_page_to_a_network_gives_it_a_word_and_goes_back()
    {
        await using var visit = await Visit("", Screen.Desk);
        var page = visit.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "the networks" }).ClickAsync();
        await page.WaitForURLAsync("**/lines/zoo/");
        await page.GetByLabel("Recipe id or machine/seed").FillAsync(ProjectWithZoo.Id());
        await page.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await page.WaitForURLAsync($"**/lines/zoo/networks/{ProjectWithZoo.Id()}");
        await page.Locator("main a[href*='/try']").First.ClickAsync();
        await page.WaitForURLAsync("**/try**");
        await page.GotoAsync(page.Url.Split('?')[0] + "?random=7");
        Assert.Equal(200, visit.Status);
        await page.GetByRole(AriaRole.Link, new() { Name = "Lines", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Take part" }).WaitForAsync();
        Assert.Empty(visit.Errors);
    }
}
