using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Mlds.Server.Pages;

/// <summary>The answer to an address that the project doesn't have.</summary>
static class MissingPages
{
    /// <summary>
    /// Whether the call is for a page that doesn't exist and has no answer yet. Downloads are left out: clients make them, and read no
    /// pages.
    /// </summary>
    public static bool IsMissing(HttpContext context) =>
        context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentType: null }
        && HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/download", StringComparison.Ordinal);

    public static IResult Answer(ProjectSite site) => new RazorComponentResult<NoticePage>(new
    {
        Ours = site,
        Title = "Not found",
        Heading = "There is no such page",
        Sentence = "The links above lead to what there is.",
    })
    {
        StatusCode = StatusCodes.Status404NotFound,
    };
}
