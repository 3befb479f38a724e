using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Mlds.Testing.Browser;

/// <summary>A page in a browser's window, and what went wrong there and what was asked for since it was opened.</summary>
public sealed class Visit : IAsyncDisposable
{
    readonly List<string> _errors = [];
    readonly List<Uri> _requests = [];
    readonly IBrowserContext _window;

    Visit(IBrowserContext window, IPage page)
    {
        (_window, Page) = (window, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _errors.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _errors.Add(error);
        page.Request += (_, request) => _requests.Add(new Uri(request.Url));
    }

    /// <summary>The page, for whatever else a test does with it.</summary>
    public IPage Page { get; }

    /// <summary>What the console says of errors and warnings, refusals by the page's policy among them.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Every address that was asked for, the page's own first.</summary>
    public IReadOnlyList<Uri> Requests => _requests;

    /// <summary>The status that the server answered with; 200 of a file.</summary>
    public int Status { get; private set; }

    internal static async Task<Visit> StartAsync(IBrowserContext window, Uri address)
    {
        var visit = new Visit(window, await window.NewPageAsync());
        visit.Status = (await visit.Page.GotoAsync(address.AbsoluteUri))?.Status ?? 200;
        return visit;
    }

    /// <summary>
    /// What axe-core has against the page as it is now, one line per rule and place: WCAG 2.2 A and AA, and axe's best practices. What is
    /// folded away isn't looked at.
    /// </summary>
    /// <param name="rules">Only these rules, by their ids; all if there are none.</param>
    public async Task<IReadOnlyList<string>> ViolationsAsync(params string[] rules)
    {
        var options = new AxeRunOptions
        {
            RunOnly = rules.Length > 0
                ? RunOnlyOptions.Rules(rules)
                : RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"),
            ResultTypes = [ResultType.Violations],
        };
        var result = await Page.RunAxe(options);
        return
        [
            .. from violation in result.Violations
               from node in violation.Nodes
               select $"{violation.Id} ({violation.Impact}): {node.Html}",
        ];
    }

    public async ValueTask DisposeAsync() => await _window.DisposeAsync();
}
