using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mlds.Reports.Components;

/// <summary>Renders a component to text, without a server: for pages that are files.</summary>
public static class StaticHtml
{
    /// <summary>The HTML of <typeparamref name="TComponent"/>; texts in it are escaped.</summary>
    /// <param name="parameters">The component's parameters by their names.</param>
    public static string Of<TComponent>(IReadOnlyDictionary<string, object?> parameters)
        where TComponent : IComponent
    {
        // Letters beyond ASCII stay as they are: a page is UTF-8.
        using var services = new ServiceCollection().AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)).BuildServiceProvider();
        using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<TComponent>(
                ParameterView.FromDictionary(parameters.ToDictionary(pair => pair.Key, pair => pair.Value)));
            return page.ToHtmlString();
        }).GetAwaiter().GetResult();
    }
}
