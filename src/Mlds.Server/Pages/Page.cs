using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Mlds.Boinc.Tags;
using Mlds.Server.Project;

namespace Mlds.Server.Pages;

/// <summary>A page of the project's web site: one file, no script, nothing fetched from elsewhere.</summary>
sealed class Page(ProjectSettings settings, string title)
{
    const string Style =
        """
        :root { --ink: #1d2433; --dim: #5b6579; --line: #d9dee8; --paper: #fff; --accent: #2457c5; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6eaf2; --dim: #9aa5b8; --line: #333c4d; --paper: #151a23; --accent: #8ab0ff; }
        }
        body { font: 17px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        body { margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 52rem; }
        header { border-bottom: 1px solid var(--line); margin-bottom: 2rem; padding-bottom: .8rem; }
        header { display: flex; gap: 1.4rem; align-items: baseline; flex-wrap: wrap; }
        header b { font-size: 1.15rem; } a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 1.2rem 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; color: var(--dim); font-weight: 500; }
        th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); } td.n, th.n { text-align: right; }
        code, pre { font: .92em ui-monospace, monospace; }
        pre { border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; overflow-x: auto; }
        .dim { color: var(--dim); } input, button { font: inherit; padding: .3rem .6rem; margin: .2rem .4rem .2rem 0; }
        """;

    readonly StringBuilder _body = new();

    public Page Heading(string text) => Raw($"<h1>{Encode(text)}</h1>\n");

    public Page Section(string text) => Raw($"<h2>{Encode(text)}</h2>\n");

    public Page Paragraph(string text) => Raw($"<p>{Encode(text)}</p>\n");

    public Page Code(string text) => Raw($"<pre>{Encode(text)}</pre>\n");

    /// <summary>A table; columns whose heading begins with '#' hold numbers.</summary>
    public Page Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        string Cell(string tag, int column, string text) =>
            $"<{tag}{(headings[column].StartsWith('#') ? " class=\"n\"" : "")}>{Encode(text)}</{tag}>";
        Raw("<table><tr>").Raw(string.Concat(headings.Select((heading, column) => Cell("th", column, heading.TrimStart('#'))))).Raw(
            "</tr>\n");
        foreach (var row in rows) Raw("<tr>").Raw(string.Concat(row.Select((text, column) => Cell("td", column, text)))).Raw("</tr>\n");
        return Raw("</table>\n");
    }

    /// <summary>Markup, written as it is: never put anything in it that came from outside.</summary>
    public Page Raw(string markup)
    {
        _body.Append(markup);
        return this;
    }

    /// <param name="head">Markup for the head.</param>
    /// <param name="status">The HTTP status.</param>
    public IResult Result(string head = "", int? status = null) => Results.Text(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encode(title)} · {Encode(settings.Name)}</title>
        {head}<style>
        {Style}
        </style>
        </head>
        <body>
        <header><b><a href="{settings.MasterUrl}">{Encode(settings.Name)}</a></b> <a href="{settings.MasterUrl}server_status">Status</a>
        <a href="{settings.MasterUrl}hosts">Computers</a> <a href="{settings.MasterUrl}account">Account</a></header>
        {_body}
        </body>
        </html>
        """,
        "text/html",
        Encoding.UTF8,
        status);

    public static string Encode(string text) => WebUtility.HtmlEncode(PlainText.Lines(text));
}
