using System.Net;
using Microsoft.AspNetCore.Http;

namespace Mlds.Server.Pages;

/// <summary>The page at the master URL: for people a welcome, for clients the line that names the scheduler.</summary>
static class MasterPage
{
    public static IResult Answer(ProjectSettings settings) => Results.Text(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>{WebUtility.HtmlEncode(settings.Name)}</title>
        <link rel="boinc_scheduler" href="{new Uri(settings.Master, "scheduler")}">
        </head>
        <body>
        <!-- <scheduler>{new Uri(settings.Master, "scheduler")}</scheduler> -->
        </body>
        </html>
        """,
        "text/html");
}
