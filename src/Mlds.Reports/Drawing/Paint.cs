namespace Mlds.Reports.Drawing;

/// <summary>A colour by its role: in the report it is a CSS variable with a light and a dark value, elsewhere its light value.</summary>
/// <param name="Name">The variable's name without dashes.</param>
/// <param name="Light">0xRRGGBB on a light page.</param>
/// <param name="Dark">0xRRGGBB on a dark page.</param>
public readonly record struct Paint(string Name, uint Light, uint Dark)
{
    public static string Hex(uint rgb) => "#" + rgb.ToString("x6", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// The colours of all figures. The series are Okabe and Ito's, told apart with every common colour blindness (Color Universal Design,
/// 2008), without their yellow, which is lost on white; figures never tell series apart by colour alone.
/// </summary>
public static class Palette
{
    public static Paint Ink { get; } = new("ink", 0x1c2024, 0xe8e8e6);

    public static Paint Muted { get; } = new("muted", 0x5c636b, 0xa3a9b0);

    public static Paint Grid { get; } = new("grid", 0xe3e5e8, 0x363b41);

    public static Paint Surface { get; } = new("surface", 0xffffff, 0x16191c);

    public static Paint Blue { get; } = new("blue", 0x0072b2, 0x4ba3dc);

    public static Paint Vermillion { get; } = new("vermillion", 0xd55e00, 0xf08a3c);

    public static Paint Green { get; } = new("green", 0x009e73, 0x2fc296);

    public static Paint Purple { get; } = new("purple", 0xcc79a7, 0xdd9cc1);

    public static Paint Orange { get; } = new("orange", 0xe69f00, 0xf0b840);

    public static Paint Sky { get; } = new("sky", 0x56b4e9, 0x86cbf2);

    /// <summary>The colours that series take, in order.</summary>
    public static IReadOnlyList<Paint> Series { get; } = [Blue, Vermillion, Green, Purple, Orange, Sky, Muted];

    public static IReadOnlyList<Paint> All { get; } = [Ink, Muted, Grid, Surface, Blue, Vermillion, Green, Purple, Orange, Sky];

    /// <summary>The colour of series <paramref name="index"/>; they repeat after seven, but then with other markers.</summary>
    public static Paint Of(int index) => Series[index % Series.Count];
}
