using Microsoft.AspNetCore.Http;
using Mlds.Server.Project;

namespace Mlds.Server.Pages;

/// <summary>The answer to an address that the project doesn't have.</summary>
static class NoSuchPage
{
    /// <summary>
    /// Whether the call is for a page that doesn't exist and has no answer yet. Downloads are left out: clients make them, and read no
    /// pages.
    /// </summary>
    public static bool IsMissing(HttpContext context) =>
        context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentType: null }
        && HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/download", StringComparison.Ordinal);

    public static IResult Answer(ProjectSettings settings) => new Page(settings, "Not found")
        .Heading("There is no such page")
        .Paragraph("The links above lead to what there is.")
        .Result(status: StatusCodes.Status404NotFound);
}
