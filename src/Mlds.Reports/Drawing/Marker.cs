namespace Mlds.Reports.Drawing;

/// <summary>How a marker is filled, which tells the variants of a machine apart.</summary>
public enum MarkerFill
{
    Solid,
    Open,
    Dotted,
}

/// <summary>Markers of about equal area, so that none looks more important.</summary>
public static class Marker
{
    const int Shapes = 6;

    /// <summary>
    /// Shape <paramref name="index"/> (circle, square, triangle, diamond, triangle down, hexagon, and again) of about
    /// <paramref name="radius"/>.
    /// </summary>
    public static void Draw(ICanvas canvas, Point at, int index, Paint paint, MarkerFill fill, double radius = 4)
    {
        var look = fill == MarkerFill.Solid
            ? new Look(paint, Palette.Surface, 0.7)
            : new Look(Palette.Surface, paint, 1.4);
        switch (index % Shapes)
        {
            case 0: canvas.Circle(at, radius, look); break;
            case 1: Polygon(canvas, at, 4, radius * 1.25, 45, look); break;
            case 2: Polygon(canvas, at with { Y = at.Y + (radius * 0.2) }, 3, radius * 1.4, -90, look); break;
            case 3: Polygon(canvas, at, 4, radius * 1.3, 0, look); break;
            case 4: Polygon(canvas, at with { Y = at.Y - (radius * 0.2) }, 3, radius * 1.4, 90, look); break;
            default: Polygon(canvas, at, 6, radius * 1.15, 0, look); break;
        }

        if (fill == MarkerFill.Dotted)
            canvas.Circle(at, radius * 0.4, new Look(paint));
    }

    static void Polygon(ICanvas canvas, Point at, int corners, double radius, double degrees, Look look)
    {
        var points = new Point[corners];
        for (var i = 0; i < corners; i++)
        {
            var angle = (degrees + (360.0 * i / corners)) * Math.PI / 180;
            points[i] = new Point(at.X + (radius * Math.Cos(angle)), at.Y + (radius * Math.Sin(angle)));
        }

        canvas.Path(points, closed: true, look);
    }
}
