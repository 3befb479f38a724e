using System.Globalization;

namespace Mlds.Analysis.Foreign;

/// <summary>What an analysis takes of a machine's memory.</summary>
static class Memory
{
    /// <summary>Views with about as many columns as a network has weights.</summary>
    static readonly string[] s_wide = ["raw", "reduced", "aligned"];

    /// <summary>
    /// Copies of the weights' size that a wide view takes at most at a time: the view, the training part of a split, standardised, and the
    /// part that is tested.
    /// </summary>
    const double Copies = 3.5;

    /// <summary>Throws where the machine has too little, before anything is read.</summary>
    /// <param name="views">As asked for; null for all.</param>
    /// <param name="available">Bytes that it may take.</param>
    /// <exception cref="InvalidDataException">It has too little; the message says how much is needed and what to do.</exception>
    internal static void Check(int networks, int parameters, IReadOnlyList<string>? views, long available)
    {
        var bytes = sizeof(float) * (double)networks * parameters;
        var isWide = views is null || views.Any(s_wide.Contains);
        var needed = (1 + (isWide ? Copies : 0.3)) * bytes;
        if (needed <= available) return;
        var narrow = isWide && 1.3 * bytes <= available ? "give --views statistics,spectral, which need less, or " : "";
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{networks:N0} networks of {parameters:N0} parameters need about {Gigabytes(needed):0.0} GB of memory, and there are "
            + $"{Gigabytes(available):0.0} for it (--memory): {narrow}take at most ")
            + string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(networks * (available / needed)):N0}")
            + " networks, by --where or a smaller table.");
    }

    static double Gigabytes(double bytes) => bytes / 1e9;
}
