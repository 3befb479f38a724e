using System.Globalization;

namespace Mlds.Site.Trying;

/// <summary>Numbers as the pages have them.</summary>
static class TrialWording
{
    /// <summary>With three decimals; those that are no numbers as NaN and infinities.</summary>
    internal static string Figure(float number)
    {
        if (!float.IsFinite(number)) return float.IsNaN(number) ? "NaN" : number < 0 ? "−∞" : "∞";
        var text = number.ToString("0.000", CultureInfo.InvariantCulture);
        return text == "-0.000" ? "0.000" : text.Replace('-', '−');
    }
}
