using SkiaSharp;

namespace Mlds.Reports.Drawing;

/// <summary>Paints a PNG with twice as many pixels per side as the figure has, so that it is sharp in print and on dense screens.</summary>
sealed class PngCanvas : ICanvas, IDisposable
{
    const int PixelRatio = 2;
    readonly SKBitmap _bitmap;
    readonly SKCanvas _canvas;

    public PngCanvas(double width, double height)
    {
        _bitmap = new SKBitmap(
            (int)Math.Ceiling(width * PixelRatio), (int)Math.Ceiling(height * PixelRatio), SKColorType.Rgba8888, SKAlphaType.Premul);
        _canvas = new SKCanvas(_bitmap);
        _canvas.Clear(Colour(Palette.Surface, 1));
        _canvas.Scale(PixelRatio);
    }

    public void Path(ReadOnlySpan<Point> points, bool closed, Look look)
    {
        using var path = new SKPath();
        for (var i = 0; i < points.Length; i++)
        {
            if (i == 0)
                path.MoveTo((float)points[i].X, (float)points[i].Y);
            else
                path.LineTo((float)points[i].X, (float)points[i].Y);
        }

        if (closed)
            path.Close();
        Draw(look, paint => _canvas.DrawPath(path, paint));
    }

    public void Circle(Point centre, double radius, Look look) =>
        Draw(look, paint => _canvas.DrawCircle((float)centre.X, (float)centre.Y, (float)radius, paint));

    public void Text(Point at, string text, TextStyle style)
    {
        using var font = Lettering.Font(style.Size, style.Bold);
        using var paint = new SKPaint { Color = Colour(style.Paint, 1), IsAntialias = true };
        var align = style.Anchor switch { Anchor.Start => SKTextAlign.Left, Anchor.Middle => SKTextAlign.Center, _ => SKTextAlign.Right };
        _canvas.Save();
        _canvas.Translate((float)at.X, (float)at.Y);
        if (!style.Upright)
            _canvas.RotateDegrees(-90);
        _canvas.DrawText(text, 0, 0, align, font, paint);
        _canvas.Restore();
    }

    public void Begin(string tip)
    {
    }

    public void End()
    {
    }

    public byte[] ToPng()
    {
        _canvas.Flush();
        using var data = _bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    static void Draw(Look look, Action<SKPaint> draw)
    {
        if (look.Fill is { } fill)
        {
            using var paint = new SKPaint { Color = Colour(fill, look.Opacity), IsAntialias = true, Style = SKPaintStyle.Fill };
            draw(paint);
        }

        if (look.Stroke is { } stroke)
        {
            using var paint = new SKPaint
            {
                Color = Colour(stroke, look.Opacity),
                IsAntialias = true,
                Style = SKPaintStyle.Stroke,
                StrokeWidth = (float)look.Width,
                StrokeJoin = SKStrokeJoin.Round,
            };
            using var dash = look.Dashed ? SKPathEffect.CreateDash([4, 3], 0) : null;
            paint.PathEffect = dash;
            draw(paint);
        }
    }

    static SKColor Colour(Paint paint, double opacity) => new SKColor(0xff000000 | paint.Light).WithAlpha((byte)Math.Round(255 * opacity));
}
