namespace Mlds.Reports.Drawing;

/// <summary>A place on a figure in CSS pixels; y grows downwards.</summary>
public readonly record struct Point(double X, double Y);

/// <summary>A rectangle on a figure.</summary>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public double MiddleX => X + (Width / 2);

    public double MiddleY => Y + (Height / 2);
}
