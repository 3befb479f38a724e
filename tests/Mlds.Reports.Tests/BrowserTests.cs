using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Mlds.Reports.Tests;

/// <summary>A real browser opens the report from its file, on a desk and on a phone, light and dark.</summary>
public sealed class BrowserTests(Chromium chromium, BrowserTests.Reports reports)
    : IClassFixture<Chromium>, IClassFixture<BrowserTests.Reports>
{
    /// <summary>Two reports, each written once.</summary>
    public sealed class Reports : IDisposable
    {
        readonly Lazy<WrittenReport> _full =
            new(() => new WrittenReport(SyntheticCourses.AddTo(SyntheticResult.Make(networks: 3)).WithRealQuestions()));
        readonly Lazy<WrittenReport> _small = new(() => new WrittenReport(SyntheticResult.Make(networks: 3)));

        /// <summary>With every kind of figure and table.</summary>
        internal WrittenReport Full => _full.Value;

        internal WrittenReport Small => _small.Value;

        public void Dispose()
        {
            foreach (var report in new[] { _full, _small }.Where(report => report.IsValueCreated)) report.Value.Dispose();
        }
    }

    public static TheoryData<string> Screens => [.. Screen.All.Select(screen => screen.Name)];

    Task<Visit> OpenAsync(Func<Reports, WrittenReport> report, Screen screen)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        return chromium.VisitAsync(report(reports).PagePath, screen);
    }

    /// <summary>The small report with another text, in a file beside it.</summary>
    Task<Visit> OpenAlteredAsync(Func<string, string> alter, Screen screen)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var path = Path.Combine(reports.Small.Folder, Path.GetRandomFileName() + ".html");
        File.WriteAllText(path, alter(reports.Small.Page));
        return chromium.VisitAsync(path, screen);
    }

    static Screen Named(string name) => Screen.All.Single(screen => screen.Name == name);

    static Task UnfoldAsync(Visit visit) =>
        visit.Page.EvaluateAsync("document.querySelectorAll('details').forEach(one => one.open = true)");

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task A_browser_shows_the_report_without_an_error_and_asks_for_nothing_else(string screen)
    {
        await using var visit = await OpenAsync(all => all.Full, Named(screen));

        Assert.Empty(visit.Errors);
        Assert.Equal([new Uri(reports.Full.PagePath)], visit.Requests);
        foreach (var drawing in await visit.Page.Locator("main > section > figure svg").AllAsync())
            Assert.True((await drawing.BoundingBoxAsync())!.Height > 80);
    }

    /// <summary>Leaves three rows of each table and thirty shapes of each figure; all of them, thousands, would take minutes.</summary>
    static Task ThinAsync(Visit visit) => visit.Page.EvaluateAsync(
        """
        () => {
          document.querySelectorAll("tbody").forEach(body => [...body.rows].slice(3).forEach(row => row.remove()));
          document.querySelectorAll("svg").forEach(svg => [...svg.querySelectorAll("path, circle")].slice(30).forEach(one => one.remove()));
        }
        """);

    [Fact]
    public async Task Axe_finds_nothing_in_all_of_the_report()
    {
        await using var visit = await OpenAsync(all => all.Small, Screen.Desk);
        await UnfoldAsync(visit);

        Assert.Empty(await visit.ViolationsAsync());
    }

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Axe_finds_nothing_in_any_kind_of_figure_and_table_on_any_screen(string screen)
    {
        await using var visit = await OpenAsync(all => all.Full, Named(screen));
        await UnfoldAsync(visit);
        await ThinAsync(visit);

        Assert.Empty(await visit.ViolationsAsync());
    }

    [Fact]
    public async Task Axe_finds_what_it_should()
    {
        await using var visit = await OpenAlteredAsync(
            page => page.Replace("h1>", "h4>", StringComparison.Ordinal)
                .Replace("role=\"img\" aria-label", "title", StringComparison.Ordinal)
                .Replace("<path ", "<path aria-label=\"a mark\" ", StringComparison.Ordinal)
                .Replace("http-equiv", "name", StringComparison.Ordinal)
                .Replace("--muted: ", "--muted: #aab; --was: ", StringComparison.Ordinal),
            Screen.Desk);
        await ThinAsync(visit);

        var found = (await visit.ViolationsAsync()).Select(violation => violation.Split(' ')[0]).ToHashSet();

        Assert.Superset(new HashSet<string> { "page-has-heading-one", "aria-prohibited-attr", "color-contrast" }, found);
    }

    [Fact]
    public async Task The_pages_policy_refuses_every_script_and_style_but_its_own()
    {
        const string Foreign = "<b id=\"late\" style=\"color: red\" onclick=\"0\">b</b><script>late.title = \"ran\"</script>";
        await using var visit = await OpenAlteredAsync(
            page => page.Replace("<main>", "<main>" + Foreign, StringComparison.Ordinal), Screen.Desk);

        Assert.Equal(3, visit.Errors.Count(error => error.Contains("Content Security Policy", StringComparison.Ordinal)));
        Assert.Equal("", await visit.Page.Locator("#late").EvaluateAsync<string>("late => late.title"));
        Assert.NotEqual("rgb(255, 0, 0)", await visit.Page.Locator("#late").EvaluateAsync<string>("late => getComputedStyle(late).color"));
    }

    [Fact]
    public async Task A_page_that_errs_is_noticed()
    {
        await using var visit = await OpenAlteredAsync(
            page => page.Replace("<main>", "<main><img src=\"http://127.0.0.1:9/x.png\">", StringComparison.Ordinal), Screen.Desk);

        Assert.NotEmpty(visit.Errors);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(1920)]
    public async Task No_table_is_wider_than_its_place_on_a_desks_screen(int width)
    {
        await using var visit = await OpenAsync(all => all.Full, Screen.Desk with { Width = width });
        await UnfoldAsync(visit);

        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll(".table")]
              .filter(table => table.scrollWidth > table.clientWidth + 1 || table.getBoundingClientRect().right > innerWidth
                || table.getBoundingClientRect().left < 0)
              .map(table => `${table.firstChild.className} ${table.scrollWidth} in ${table.clientWidth}`)
            """));
    }

    [Fact]
    public async Task On_a_phone_nothing_but_frames_scrolls_sideways_and_the_tab_key_reaches_each_frame()
    {
        await using var visit = await OpenAsync(all => all.Full, Screen.Phone);
        await UnfoldAsync(visit);

        Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await visit.Page.EvaluateAsync(
            """
            () => {
              window.reached = new Set();
              document.addEventListener("focusin", event => window.reached.add(event.target));
            }
            """);
        const string Left = """
            [...document.querySelectorAll(".table, .drawing")]
              .filter(frame => frame.scrollWidth > frame.clientWidth && !window.reached.has(frame)).length
            """;
        Assert.True(await visit.Page.EvaluateAsync<int>(Left) > 20);

        // Until the focus has gone round and left the page.
        do
        {
            await visit.Page.Keyboard.PressAsync("Tab");
        }
        while (await visit.Page.EvaluateAsync<bool>("document.activeElement !== document.body"));

        Assert.Equal(0, await visit.Page.EvaluateAsync<int>(Left));
        Assert.True(await visit.Page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('a, summary')].every(target => window.reached.has(target))"));
    }

    [Fact]
    public async Task A_frame_in_focus_scrolls_by_its_arrow_keys_and_has_a_name_and_a_mark_of_focus()
    {
        await using var visit = await OpenAsync(all => all.Small, Screen.Phone);
        var frame = visit.Page.Locator("#overview .table");
        await frame.FocusAsync();

        await visit.Page.Keyboard.PressAsync("ArrowRight");

        // Not Playwright's own waiting: it may evaluate text in the page, which the page's policy forbids.
        while (await frame.EvaluateAsync<double>("frame => frame.scrollLeft") == 0)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();

        Assert.Equal("All questions, all views", await frame.GetAttributeAsync("aria-label"));
        Assert.Equal("solid", await frame.EvaluateAsync<string>("frame => getComputedStyle(frame).outlineStyle"));
    }

    [Fact]
    public async Task A_mark_says_what_it_is_when_pointed_at_until_the_escape_key()
    {
        await using var visit = await OpenAsync(all => all.Small, Screen.Desk);
        var tip = visit.Page.Locator("#tip");
        await Assertions.Expect(tip).ToBeHiddenAsync();

        await visit.Page.Locator("#weight-space [data-tip]").Last.HoverAsync();

        await Assertions.Expect(tip).ToHaveTextAsync(new Regex("Machine|Modified|Control"));
        Assert.Contains(", seed ", await tip.InnerTextAsync(), StringComparison.Ordinal);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tip).ToBeHiddenAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task The_keyboard_alone_steps_from_mark_to_mark_and_zooms()
    {
        await using var visit = await OpenAsync(all => all.Small, Screen.Desk);
        var keys = visit.Page.Keyboard;
        var tip = visit.Page.Locator("#tip");
        var drawing = visit.Page.Locator("#weight-space .drawing");
        Task<string> ViewBox() => drawing.Locator("svg").EvaluateAsync<string>("svg => svg.getAttribute('viewBox')");
        var whole = await ViewBox();
        await visit.Page.Locator("#overview a").Last.FocusAsync();

        await keys.PressAsync("Tab");
        await Assertions.Expect(drawing).ToBeFocusedAsync();
        await Assertions.Expect(visit.Page.Locator("#weight-space .keys")).ToBeVisibleAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(tip).ToBeVisibleAsync();
        var seen = new HashSet<string> { await tip.InnerTextAsync() };
        foreach (var key in new[] { "ArrowRight", "ArrowRight", "ArrowDown", "End" })
        {
            await keys.PressAsync(key);
            Assert.True(seen.Add(await tip.InnerTextAsync()), $"{key} went nowhere.");
        }

        await keys.PressAsync("+");
        Assert.NotEqual(whole, await ViewBox());
        await keys.PressAsync("-");
        Assert.Equal(whole, await ViewBox());
        await keys.PressAsync("Escape");
        await Assertions.Expect(tip).ToBeHiddenAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Without_script_every_mark_still_says_what_it_is_and_every_frame_can_be_reached()
    {
        await using var visit = await OpenAlteredAsync(
            page => page[..page.IndexOf("<script>", StringComparison.Ordinal)], Screen.Phone);

        Assert.Equal(0, await visit.Page.Locator("[data-tip]").CountAsync());
        Assert.True(await visit.Page.Locator("#weight-space title").CountAsync() > 30);
        Assert.Empty(await visit.ViolationsAsync("scrollable-region-focusable"));
    }
}
