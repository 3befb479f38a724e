namespace Mlds.Reports.Drawing;

/// <param name="Sign">Draws the entry's sign, centred on the point; about 14 pixels wide.</param>
public readonly record struct LegendEntry(string Label, Action<ICanvas, Point> Sign);

/// <summary>A line or more of signs and what they mean.</summary>
public static class Legend
{
    const double RowHeight = 19;
    const double Size = 11.5;

    /// <summary>Height that <paramref name="entries"/> take within <paramref name="width"/>.</summary>
    public static double Height(IReadOnlyList<LegendEntry> entries, double width) => Rows(entries, width).Count * RowHeight;

    /// <summary>Draws the entries from <paramref name="at"/> (top left) on, as many per row as fit.</summary>
    public static void Draw(ICanvas canvas, Point at, double width, IReadOnlyList<LegendEntry> entries)
    {
        var y = at.Y + (RowHeight / 2);
        foreach (var row in Rows(entries, width))
        {
            var x = at.X;
            foreach (var entry in row)
            {
                entry.Sign(canvas, new Point(x + 8, y));
                canvas.Text(new Point(x + 21, y + 4), entry.Label, new TextStyle(Palette.Ink, Size));
                x += EntryWidth(entry);
            }

            y += RowHeight;
        }
    }

    static double EntryWidth(LegendEntry entry) => 21 + Lettering.Width(entry.Label, Size) + 16;

    static List<List<LegendEntry>> Rows(IReadOnlyList<LegendEntry> entries, double width)
    {
        var rows = new List<List<LegendEntry>>();
        var used = double.MaxValue;
        foreach (var entry in entries)
        {
            if (used + EntryWidth(entry) > width)
            {
                rows.Add([]);
                used = 0;
            }

            rows[^1].Add(entry);
            used += EntryWidth(entry);
        }

        return rows;
    }
}
