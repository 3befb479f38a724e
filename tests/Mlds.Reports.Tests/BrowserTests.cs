using System.Diagnostics;

namespace Mlds.Reports.Tests;

/// <summary>A real browser opens the report, offline.</summary>
public sealed class BrowserTests
{
    const string Chromium = "/usr/bin/chromium";

    [Fact]
    public void A_browser_shows_the_report_without_an_error()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed; the Debian package chromium has it.");
        using var report = new WrittenReport(SyntheticResult.Make(networks: 8));
        var picture = Path.Combine(report.Folder, "page.png");

        var log = Open(report, $"--screenshot={picture}", "--window-size=1100,3000").Error;

        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        Assert.True(new FileInfo(picture).Length > 100_000, "The page is nearly empty.");
    }

    [Fact]
    public void The_script_runs_under_the_pages_own_policy_and_takes_over_the_tips()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed; the Debian package chromium has it.");
        using var report = new WrittenReport(SyntheticResult.Make(networks: 3));

        var dom = Open(report, "--dump-dom").Output;

        Assert.Contains("data-tip=\"EightBitMachine, seed 0\n", dom, StringComparison.Ordinal);
        Assert.Contains("<div id=\"tip\" role=\"status\">", dom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(1920)]
    public void No_table_is_wider_than_its_place_on_a_desks_screen(int width)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed; the Debian package chromium has it.");
        using var report = new WrittenReport(SyntheticCourses.AddTo(SyntheticResult.Make(networks: 4)).WithRealQuestions());
        const string Measure = """
            <script>
            document.querySelectorAll("details").forEach(folded => folded.open = true);
            const cut = [...document.querySelectorAll(".table")].filter(table => table.scrollWidth > table.clientWidth + 1);
            const beyond = [...document.querySelectorAll(".table.wide")].filter(table => table.getBoundingClientRect().right > innerWidth
                || table.getBoundingClientRect().left < 0);
            document.body.dataset.measured =
                `${innerWidth}: ${cut.map(table =>
                table.firstChild.className + " " + table.scrollWidth + " in " + table.clientWidth)} ${beyond.length} beyond`;
            </script>
            """;
        File.WriteAllText(report.PagePath, report.Page.Replace("</body>", $"{Measure}</body>", StringComparison.Ordinal));

        Assert.Contains($"data-measured=\"{width}:  0 beyond\"", Open(report, "--dump-dom", $"--window-size={width},1000").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_errs_is_noticed()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"{Chromium} is not installed; the Debian package chromium has it.");
        using var report = new WrittenReport(SyntheticResult.Make(networks: 2));
        File.WriteAllText(
            report.PagePath, report.Page.Replace("<main>", "<main><img src=\"http://127.0.0.1:9/x.png\">", StringComparison.Ordinal));

        Assert.Contains("CONSOLE", Open(report, "--dump-dom").Error, StringComparison.Ordinal);
    }

    static (string Output, string Error) Open(WrittenReport report, params string[] arguments)
    {
        var profile = Directory.CreateTempSubdirectory("mlds-chromium-");
        var start = new ProcessStartInfo(
            Chromium,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--log-level=0",
                $"--user-data-dir={profile.FullName}", .. arguments, "file://" + report.PagePath,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var browser = Process.Start(start)!;
        var output = browser.StandardOutput.ReadToEndAsync();
        var error = browser.StandardError.ReadToEndAsync();
        if (!browser.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            browser.Kill(entireProcessTree: true);
            Assert.Fail("Chromium took longer than a minute.");
        }

        var result = (output.Result, error.Result);
        try
        {
            profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the browser may still be writing there; the folder is the system's temporary one.
        }

        return result;
    }
}
