namespace Mlds.Reports.Drawing;

/// <summary>One pair of axes on a canvas.</summary>
/// <param name="box">The rectangle between the axes; labels stand outside it.</param>
public sealed class Panel(ICanvas canvas, Box box, Scale x, Scale y)
{
    public const double LabelSize = 11.5;

    public Box Box => box;

    public ICanvas Canvas => canvas;

    public double X(double value) => box.X + (Math.Clamp(x.Place(value), 0, 1) * box.Width);

    public double Y(double value) => box.Bottom - (Math.Clamp(y.Place(value), 0, 1) * box.Height);

    public Point At(double horizontal, double vertical) => new(X(horizontal), Y(vertical));

    /// <summary>Grid lines, tick labels and titles. Draw it before the data.</summary>
    public void Frame(string? title, string? xTitle, string? yTitle, bool xTicks = true, bool yTicks = true, bool yGrid = true)
    {
        var widest = yTicks ? y.Ticks.Select(tick => Lettering.Width(tick.Label, LabelSize)).DefaultIfEmpty().Max() : 0;
        if (xTicks)
        {
            foreach (var tick in x.Ticks)
            {
                Line(new Point(X(tick.Value), box.Y), new Point(X(tick.Value), box.Bottom), Palette.Grid);
                canvas.Text(new Point(X(tick.Value), box.Bottom + 16), tick.Label, new TextStyle(Palette.Muted, LabelSize, Anchor.Middle));
            }
        }

        if (yTicks)
        {
            foreach (var tick in y.Ticks)
            {
                if (yGrid)
                    Line(new Point(box.X, Y(tick.Value)), new Point(box.Right, Y(tick.Value)), Palette.Grid);
                canvas.Text(new Point(box.X - 8, Y(tick.Value) + 4), tick.Label, new TextStyle(Palette.Muted, LabelSize, Anchor.End));
            }
        }

        Rectangle(box, new Look(Stroke: Palette.Grid));
        if (title is not null)
            canvas.Text(new Point(box.X, box.Y - 10), title, new TextStyle(Palette.Ink, 13, Bold: true));
        if (xTitle is not null)
        {
            canvas.Text(
                new Point(box.MiddleX, box.Bottom + (xTicks ? 34 : 16)), xTitle, new TextStyle(Palette.Ink, LabelSize, Anchor.Middle));
        }

        if (yTitle is not null)
        {
            var left = yTicks ? box.X - widest - 16 : box.X - 8;
            canvas.Text(new Point(left, box.MiddleY), yTitle, new TextStyle(Palette.Ink, LabelSize, Anchor.Middle, Upright: false));
        }
    }

    /// <summary>A dashed vertical line at <paramref name="value"/> of x, labelled at the top.</summary>
    public void VerticalMark(double value, string label)
    {
        canvas.Path(
            [new Point(X(value), box.Y), new Point(X(value), box.Bottom)], closed: false, new Look(Stroke: Palette.Muted, Dashed: true));
        canvas.Text(new Point(X(value), box.Y - 5), label, new TextStyle(Palette.Muted, 10.5, Anchor.Middle));
    }

    /// <summary>A dashed horizontal line at <paramref name="value"/> of y, labelled at its right end.</summary>
    public void HorizontalMark(double value, string label)
    {
        canvas.Path(
            [new Point(box.X, Y(value)), new Point(box.Right, Y(value))], closed: false, new Look(Stroke: Palette.Muted, Dashed: true));
        canvas.Text(new Point(box.Right - 4, Y(value) - 5), label, new TextStyle(Palette.Muted, 10.5, Anchor.End));
    }

    public void Line(Point from, Point to, Paint paint, double width = 1) =>
        canvas.Path([from, to], closed: false, new Look(Stroke: paint, Width: width));

    public void Rectangle(Box area, Look look) => canvas.Path(
        [new(area.X, area.Y), new(area.Right, area.Y), new(area.Right, area.Bottom), new(area.X, area.Bottom)], closed: true, look);

    /// <summary>A horizontal interval with short ends.</summary>
    public void Interval(double low, double high, double atY, Paint paint)
    {
        Line(new Point(X(low), atY), new Point(X(high), atY), paint, 1.6);
        Line(new Point(X(low), atY - 3), new Point(X(low), atY + 3), paint, 1.6);
        Line(new Point(X(high), atY - 3), new Point(X(high), atY + 3), paint, 1.6);
    }
}
