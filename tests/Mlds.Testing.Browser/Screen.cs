using Microsoft.Playwright;

namespace Mlds.Testing.Browser;

/// <summary>What a page is looked at on.</summary>
/// <param name="Width">In CSS pixels, as is <paramref name="Height"/>.</param>
public sealed record Screen(string Name, int Width, int Height, bool IsDark = false, bool IsPhone = false)
{
    public static Screen Desk { get; } = new("a desk", 1280, 900);

    public static Screen DarkDesk { get; } = new("a desk, dark", 1280, 900, IsDark: true);

    public static Screen Phone { get; } = new("a phone", 390, 844, IsPhone: true);

    public static Screen DarkPhone { get; } = new("a phone, dark", 390, 844, IsDark: true, IsPhone: true);

    public static IReadOnlyList<Screen> All { get; } = [Desk, DarkDesk, Phone, DarkPhone];

    internal BrowserNewContextOptions Options => new()
    {
        ViewportSize = new ViewportSize { Width = Width, Height = Height },
        ColorScheme = IsDark ? ColorScheme.Dark : ColorScheme.Light,
        HasTouch = IsPhone,
        IsMobile = IsPhone,
        DeviceScaleFactor = IsPhone ? 3 : 1,
        ReducedMotion = ReducedMotion.Reduce,
    };
}
