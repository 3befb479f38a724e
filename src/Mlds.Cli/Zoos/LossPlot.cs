using System.Globalization;
using System.Text;

namespace Mlds.Cli.Zoos;

/// <summary>A loss curve in characters: logarithmic losses up, epochs to the right, 2 × 4 dots of braille per character.</summary>
static class LossPlot
{
    // Unicode block 2800: dot numbers as bits, by (column, row).
    static readonly int[,] s_dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    const int LabelWidth = 8;

    /// <param name="losses">One per epoch; one that isn't finite and positive leaves a gap.</param>
    /// <param name="width">Characters, labels included; at least 20.</param>
    /// <param name="height">Lines of the curve, at least 2; the axis takes one more.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<float> losses, int width, int height)
    {
        var finite = losses.Where(IsDrawable).ToList();
        if (finite.Count == 0) return ["(no finite loss to draw)"];
        var (low, high) = (Math.Log10(finite.Min()), Math.Log10(finite.Max()));
        if (high - low < 0.1) (low, high) = (low - 0.05, high + 0.05);
        var columns = width - LabelWidth - 1;
        var cells = new int[height, columns];
        var (wide, tall) = (2 * columns, 4 * height);
        int? before = null;
        for (var x = 0; x < wide; x++)
        {
            var loss = losses[(int)((long)x * losses.Count / wide)];
            if (!IsDrawable(loss))
            {
                before = null;
                continue;
            }

            var y = (int)Math.Round((high - Math.Log10(loss)) / (high - low) * (tall - 1));
            for (var dot = Math.Min(y, before ?? y); dot <= Math.Max(y, before ?? y); dot++)
                cells[dot / 4, x / 2] |= s_dots[x % 2, dot % 4];
            before = y;
        }

        return [.. Enumerable.Range(0, height).Select(line => Line(cells, line, low, high)), Axis(losses.Count, columns)];
    }

    static string Line(int[,] cells, int line, double low, double high)
    {
        var (height, columns) = (cells.GetLength(0), cells.GetLength(1));
        var isLabelled = line == 0 || line == height - 1 || line == height / 2;
        var value = Math.Pow(10, high - ((high - low) * line / (height - 1)));
        var label = isLabelled ? value.ToString("0.0e-0", CultureInfo.InvariantCulture) : "";
        var text = new StringBuilder(label.PadLeft(LabelWidth - 1)).Append(" │");
        for (var x = 0; x < columns; x++) text.Append(cells[line, x] == 0 ? ' ' : (char)(0x2800 + cells[line, x]));
        return text.ToString().TrimEnd();
    }

    static string Axis(int epochs, int columns)
    {
        var end = epochs.ToString(CultureInfo.InvariantCulture);
        return $"{new string(' ', LabelWidth)}└1{new string('─', Math.Max(1, columns - 1 - end.Length))}{end}";
    }

    static bool IsDrawable(float loss) => float.IsFinite(loss) && loss > 0;
}
