using Microsoft.Playwright;

namespace Mlds.Testing.Browser;

/// <summary>
/// The Chromium that the system has, driven by Playwright; none is downloaded. It starts with the first visit, and a test class shares it
/// as a fixture.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>Names a browser that isn't on the PATH.</summary>
    const string Variable = "MLDS_CHROMIUM";

    readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> _started = new(StartAsync);

    /// <summary>Why a test that needs a browser is skipped; null if there is one.</summary>
    public static string? Missing { get; } = Find() is null
        ? $"There is no chromium on the PATH (Debian: chromium), and {Variable} names none."
        : null;

    /// <summary>Opens an address in a window of its own, with no cookie and no store of an earlier one.</summary>
    public async Task<Visit> VisitAsync(Uri address, Screen screen)
    {
        var (_, browser) = await _started.Value;
        return await Visit.StartAsync(await browser.NewContextAsync(screen.Options), address);
    }

    /// <summary>Opens a file.</summary>
    public Task<Visit> VisitAsync(string path, Screen screen) => VisitAsync(new Uri(Path.GetFullPath(path)), screen);

    public async ValueTask DisposeAsync()
    {
        if (!_started.IsValueCreated) return;
        var (driver, browser) = await _started.Value;
        await browser.DisposeAsync();
        driver.Dispose();
    }

    static async Task<(IPlaywright Driver, IBrowser Browser)> StartAsync()
    {
        var driver = await Playwright.CreateAsync();
        return (driver, await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Find(),
            // Its sandbox needs what containers and root don't have; it opens pages of our own only.
            Args = ["--no-sandbox", "--disable-gpu"],
        }));
    }

    static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return File.Exists(named) ? named : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
    }
}
