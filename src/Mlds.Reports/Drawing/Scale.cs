using System.Globalization;

namespace Mlds.Reports.Drawing;

/// <param name="Label">Empty for a tick that only has a line.</param>
public readonly record struct Tick(double Value, string Label);

/// <summary>Where along an axis a value lies, and which values are marked there.</summary>
public abstract record Scale
{
    /// <summary>0 at the axis' beginning, 1 at its end.</summary>
    public abstract double Place(double value);

    public abstract IReadOnlyList<Tick> Ticks { get; }

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    public static Scale Linear(double low, double high) => new LinearScale(low, high > low ? high : low + 1);

    /// <summary>Around all of <paramref name="values"/>, with a margin of a twentieth on each side.</summary>
    public static Scale Around(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var (low, high) = (all.Min(), all.Max());
        var margin = high > low ? (high - low) / 20 : Math.Max(Math.Abs(high), 1) / 20;
        return Linear(low - margin, high + margin);
    }

    /// <summary>
    /// Around the middle 96 % of <paramref name="values"/> with a margin of an eighth, if that shows the crowd at least one and a half
    /// times as large as with all values; else around all. What lies beyond is drawn on the edge, and whoever uses this must say so.
    /// </summary>
    public static Scale AroundMost(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var beyond = sorted.Length / 50;
        var (low, high) = (sorted[beyond], sorted[^(beyond + 1)]);
        var margin = (high - low) / 8;
        return (sorted[^1] - sorted[0]) > 1.5 * (high - low + (2 * margin)) && high > low
            ? Linear(low - margin, high + margin)
            : Around(values);
    }

    /// <summary>Whether <paramref name="value"/> lies on the axis.</summary>
    public bool Has(double value) => Place(value) is >= 0 and <= 1;

    /// <summary>By the logarithm; both ends above 0.</summary>
    public static Scale Log(double low, double high) => new LogScale(low, high > low ? high : low * 10, Percent: false);

    /// <summary>By the logarithm, for shares from above 0 to 1; ticks in per cent.</summary>
    public static Scale LogShare(double low, double high) => new LogScale(low, high > low ? high : low * 10, Percent: true);

    /// <summary>Places 0, 1, 2 … for the given names, each in the middle of its share of the axis, the first at its end (on top).</summary>
    public static Scale Names(IReadOnlyList<string> names) => new NameScale(names);

    sealed record LinearScale(double Low, double High) : Scale
    {
        public override double Place(double value) => (value - Low) / (High - Low);

        public override IReadOnlyList<Tick> Ticks
        {
            get
            {
                var rough = (High - Low) / 5;
                var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
                var step = power * (rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 };
                var decimals = Math.Max(0, (int)-Math.Floor(Math.Log10(step) + 1e-9));
                var first = (long)Math.Ceiling((Low / step) - 1e-9);
                var last = (long)Math.Floor((High / step) + 1e-9);
                var ticks = new List<Tick>();
                for (var i = first; i <= last; i++)
                    ticks.Add(new Tick(i * step, (i * step).ToString("F" + decimals, CultureInfo.InvariantCulture)));
                return ticks;
            }
        }
    }

    sealed record LogScale(double Low, double High, bool Percent) : Scale
    {
        public override double Place(double value) => Math.Log(value / Low) / Math.Log(High / Low);

        /// <summary>
        /// Each power of ten; within less than two decades also 2 and 5 times it, within less than two thirds of one every multiple.
        /// </summary>
        public override IReadOnlyList<Tick> Ticks
        {
            get
            {
                int[] factors = Math.Log10(High / Low) switch { < 0.67 => [1, 2, 3, 4, 5, 6, 7, 8, 9], < 2 => [1, 2, 5], _ => [1] };
                var ticks = new List<Tick>();
                for (var power = (int)Math.Floor(Math.Log10(Low)); power <= (int)Math.Ceiling(Math.Log10(High)); power++)
                {
                    foreach (var factor in factors)
                    {
                        var value = factor * Math.Pow(10, power);
                        if (value >= Low * 0.999999 && value <= High * 1.000001)
                            ticks.Add(new Tick(value, Percent ? InPercent(value) : Label(factor, power)));
                    }
                }

                // A narrow axis can lie between two such numbers.
                return ticks.Count > 0 ? ticks
                    : [.. Linear(Low, High).Ticks.Select(tick => Percent ? tick with { Label = InPercent(tick.Value) } : tick)];
            }
        }

        static string InPercent(double value) => string.Create(CultureInfo.InvariantCulture, $"{100 * value:0.######} %");

        static string Label(int factor, int power) => power is >= -1 and <= 3
            ? (factor * Math.Pow(10, power)).ToString("0.##", CultureInfo.InvariantCulture)
            : (factor == 1 ? "10" : factor + "·10") + Superscript(power);

        static string Superscript(int power) => string.Concat(power.ToString(CultureInfo.InvariantCulture)
            .Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));
    }

    sealed record NameScale(IReadOnlyList<string> All) : Scale
    {
        public override double Place(double value) => 1 - ((value + 0.5) / All.Count);

        public override IReadOnlyList<Tick> Ticks => [.. All.Select((name, i) => new Tick(i, name))];
    }
}
