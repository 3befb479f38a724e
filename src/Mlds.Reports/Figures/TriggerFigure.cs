using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>What was laid over training images, as images.</summary>
static class TriggerFigure
{
    const int Most = 6;
    const double Side = 132;
    const double Gap = 18;
    const double Left = 16;
    const double Top = 34;

    public static Figure? Of(AnalysisResult result, string id)
    {
        if (result.Triggers is not { Count: > 0 } all)
            return null;
        TriggerImage[] triggers = [.. all.Take(Most)];
        var said = triggers.Select(trigger =>
            $"{trigger.Name} ({Words.Counted(trigger.Pixels.Count, "pixel")}, {Words.Counted(trigger.Networks, "network")})");
        var more = all.Count > Most ? $"; {all.Count - Most} more aren’t shown" : "";
        return new Figure(
            id,
            "Triggers on training images",
            $"What was laid over some training images, and how many networks learned such: {string.Join(", ", said)}{more}. "
            + "All other pixels stay as they are.",
            Figure.FullWidth,
            Top + triggers.Max(trigger => HeightOf(trigger)) + 12,
            canvas =>
            {
                for (var i = 0; i < triggers.Length; i++) Draw(canvas, Left + (i * (Side + Gap)), triggers[i]);
            })
        {
            Numbers = Numbers.Of(triggers),
        };
    }

    static double HeightOf(TriggerImage trigger) => Math.Min(Side * trigger.Height / trigger.Width, 2 * Side);

    static void Draw(ICanvas canvas, double left, TriggerImage trigger)
    {
        var (width, height) = (Side / trigger.Width, HeightOf(trigger) / trigger.Height);
        canvas.Text(new Point(left, Top - 9), Lettering.Fit(trigger.Name, Side, 12), new TextStyle(Palette.Ink, 11.5, Bold: true));
        Rectangle(canvas, left, Top, Side, HeightOf(trigger), new Look(Palette.Ink, Stroke: Palette.Muted, Width: 0.8));
        foreach (var pixel in trigger.Pixels)
        {
            canvas.Begin($"{trigger.Name}: row {pixel[0]}, column {pixel[1]}, value {pixel[2]}");
            Rectangle(
                canvas, left + (pixel[1] * width), Top + (pixel[0] * height), width, height,
                new Look(Palette.Surface, Opacity: pixel[2] / 255.0));
            canvas.End();
        }
    }

    static void Rectangle(ICanvas canvas, double x, double y, double width, double height, Look look) =>
        canvas.Path([new(x, y), new(x + width, y), new(x + width, y + height), new(x, y + height)], closed: true, look);
}
