using Microsoft.AspNetCore.Http;

namespace Mlds.Server.Http;

/// <summary>Reads the bodies of forms, up to a limit.</summary>
static class Body
{
    static readonly TimeSpan s_time = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The whole body as UTF-8 text; what isn't UTF-8 becomes U+FFFD. A longer body, or one that comes too slowly, is a <see
    /// cref="BadHttpRequestException"/>.
    /// </summary>
    public static async Task<string> ReadText(HttpContext context, int maxBytes)
    {
        using var body = new RequestBody(context, s_time);
        if (!(context.Request.ContentLength > maxBytes)) await body.ReadTo(maxBytes + 1);
        if (!body.Ended && !body.Late || body.Length > maxBytes)
            throw new BadHttpRequestException($"The request is longer than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
        return body.Ended
            ? body.Text()
            : throw new BadHttpRequestException("The request came too slowly.", StatusCodes.Status408RequestTimeout);
    }
}
