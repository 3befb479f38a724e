using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mlds.Server;

/// <summary>Reads requests' bodies, no further than they may go.</summary>
static class Body
{
    /// <summary>The whole body as UTF-8 text; what isn't UTF-8 becomes U+FFFD. A longer one is a <see cref="BadHttpRequestException"/>.</summary>
    public static async Task<string> ReadText(HttpContext context, int maxBytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = maxBytes;
        if (context.Request.ContentLength > maxBytes) throw new BadHttpRequestException($"The request is longer than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > maxBytes) throw new BadHttpRequestException($"The request is longer than {maxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var text = Encoding.UTF8.GetString(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            return text;
        }
    }
}
