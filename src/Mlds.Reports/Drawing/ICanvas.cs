namespace Mlds.Reports.Drawing;

/// <summary>How a shape looks: filled, outlined or both.</summary>
/// <param name="Width">Of the outline, in pixels.</param>
/// <param name="Opacity">Of all of it, 0 … 1.</param>
public readonly record struct Look(Paint? Fill = null, Paint? Stroke = null, double Width = 1, double Opacity = 1, bool Dashed = false);

public enum Anchor
{
    Start,
    Middle,
    End,
}

/// <param name="Size">Of the letters, in pixels.</param>
/// <param name="Upright">False turns the text a quarter to the left, to be read upwards.</param>
public readonly record struct TextStyle(
    Paint Paint, double Size = 12, Anchor Anchor = Anchor.Start, bool Bold = false, bool Upright = true);

/// <summary>What a figure is drawn on: the same drawing makes the SVG of the report, an SVG file and a PNG file.</summary>
public interface ICanvas
{
    /// <summary>Straight lines from point to point; closed shapes end where they began.</summary>
    void Path(ReadOnlySpan<Point> points, bool closed, Look look);

    void Circle(Point centre, double radius, Look look);

    /// <summary>One line of text; <paramref name="at"/> is on its base line, at its start, middle or end.</summary>
    void Text(Point at, string text, TextStyle style);

    /// <summary>
    /// What is drawn until <see cref="End"/> belongs together, and says <paramref name="tip"/> when pointed at (where a reader can point).
    /// </summary>
    void Begin(string tip);

    void End();
}
