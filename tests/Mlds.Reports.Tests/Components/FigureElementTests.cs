using Mlds.Reports.Components;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;

namespace Mlds.Reports.Tests.Components;

public sealed class FigureElementTests
{
    static readonly Figure s_dot = new(
        "a-dot", "A dot & its <name>", "One dot, n = 1 network.", 40, 20, canvas =>
        {
            canvas.Begin("the \"dot\"");
            canvas.Circle(new Point(20, 10), 4, new Look(Palette.Blue));
            canvas.End();
        });

    static string Rendered(Figure figure, Func<string, string>? addresses, bool zooms = false) => StaticHtml.Of<FigureElement>(
        new Dictionary<string, object?>
        {
            [nameof(FigureElement.Figure)] = figure,
            [nameof(FigureElement.Addresses)] = addresses,
            [nameof(FigureElement.Zooms)] = zooms,
        });

    [Fact]
    public void A_figure_is_a_named_picture_with_its_caption()
    {
        var html = Rendered(s_dot, null);

        Assert.StartsWith("<figure id=\"a-dot\">", html, StringComparison.Ordinal);
        Assert.Contains("role=\"img\" aria-label=\"A dot &amp; its &lt;name&gt;\"", html, StringComparison.Ordinal);
        Assert.Contains("<title>the &quot;dot&quot;</title>", html, StringComparison.Ordinal);
        Assert.Contains("<figcaption>One dot, n = 1 network.</figcaption>", html, StringComparison.Ordinal);
        Assert.StartsWith("<figure id=\"a-dot\" class=\"zooms\">", Rendered(s_dot, null, zooms: true), StringComparison.Ordinal);
    }

    [Fact]
    public void It_offers_the_files_that_there_are()
    {
        static string Address(string format) => $"/f/a-dot.{format}?v=1&w=2";

        Assert.DoesNotContain("<a ", Rendered(s_dot, null), StringComparison.Ordinal);
        Assert.Contains("href=\"/f/a-dot.svg?v=1&amp;w=2\"", Rendered(s_dot, Address), StringComparison.Ordinal);
        Assert.DoesNotContain("a-dot.csv", Rendered(s_dot, Address), StringComparison.Ordinal);
        Assert.Contains(
            "a-dot.csv", Rendered(s_dot with { Numbers = new Numbers(["x"], [[1]]) }, Address), StringComparison.Ordinal);
    }
}
