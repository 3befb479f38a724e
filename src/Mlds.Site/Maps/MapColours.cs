using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Mlds.Recipes;
using Mlds.Reports.Drawing;
using Mlds.Reports.Figures;
using Mlds.Site.Browsing;

namespace Mlds.Site.Maps;

/// <summary>The values of a column for the points of a plane, as map.js reads them.</summary>
static class MapColours
{
    /// <summary>Texts of more kinds than this are told by the most frequent, and the others together.</summary>
    const int MostCategories = 200;

    /// <summary>What map.js calls the style of points that have no value.</summary>
    const int Unknown = 0xFFFF;

    /// <summary>Shapes of marks; then they come again.</summary>
    const int Shapes = 6;

    /// <summary>
    /// uint32 length of the head; the head, JSON in UTF-8 filled with blanks to a multiple of 4; then a uint16 for each point, its
    /// category's number, or a float32, NaN where there is none. All little-endian.
    /// </summary>
    internal static byte[] Of(BrowsedNetworks networks, NetworkColumn column, ViewPlane plane)
    {
        if (column.Numbers is { } numbers)
        {
            float[] values = [.. plane.Rows.Select(row => (float)numbers[row])];
            var finite = values.Where(float.IsFinite).ToArray();
            var (low, high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
            return Bytes(
                new JsonObject
                {
                    ["kind"] = "numbers",
                    ["label"] = column.Title,
                    ["low"] = low,
                    ["high"] = high,
                    ["log"] = low > 0 && high / low > 50,
                },
                MemoryMarshal.AsBytes(values.AsSpan()));
        }

        var (shown, categories) = Categories(column, plane);
        var signs = column.Name == "machine"
            ? OfMachines(networks, shown)
            : [.. shown.Select((_, i) => (Family: i, Fill: MarkerFill.Solid))];
        JsonArray Paints(Func<Paint, uint> shade) =>
            [.. signs.Select(sign => (JsonNode)Paint.Hex(shade(Palette.Of(sign.Family))))];
        return Bytes(
            new JsonObject
            {
                ["kind"] = "categories",
                ["label"] = column.Title,
                ["names"] = new JsonArray([.. shown.Select(name => (JsonNode)name.Replace('_', ' '))]),
                ["paints"] = Paints(paint => paint.Light),
                ["dark"] = Paints(paint => paint.Dark),
                ["shapes"] = new JsonArray([.. signs.Select(sign => (JsonNode)(sign.Family % Shapes))]),
                ["fills"] = new JsonArray([.. signs.Select(sign => (JsonNode)sign.Fill.ToString().ToLowerInvariant())]),
            },
            MemoryMarshal.AsBytes(categories.AsSpan()));
    }

    /// <summary>Whether the legend shows a point: by its category, or by whether it has a number at all.</summary>
    internal static Func<int, bool> IsShown(MapQuery query, ViewPlane plane)
    {
        if (query.Hidden.Count == 0) return _ => true;
        if (query.By.Numbers is { } numbers) return point => !query.Hidden.Contains(Unknown) || !double.IsNaN(numbers[plane.Rows[point]]);
        var (_, categories) = Categories(query.By, plane);
        return point => !query.Hidden.Contains(categories[point]);
    }

    /// <summary>The names of categories, and each point's category.</summary>
    static (string[] Names, ushort[] OfPoints) Categories(NetworkColumn column, ViewPlane plane)
    {
        var texts = column.Texts!;
        string[] names = [.. plane.Rows.CountBy(row => texts[row]).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)
            .Take(MostCategories).Select(pair => pair.Key)];

        // In the table's order, so that a machine keeps its colour from view to view.
        var order = column.Texts!.Distinct().ToArray();
        names = [.. order.Where(names.Contains)];
        var places = names.Index().ToDictionary(one => one.Item, one => (ushort)one.Index);
        ushort[] categories = [.. plane.Rows.Select(row => places.GetValueOrDefault(texts[row], (ushort)names.Length))];
        return (categories.Contains((ushort)names.Length) ? [.. names, "others"] : names, categories);
    }

    /// <summary>As in the report: machines of a family have one colour and shape, and their variants other fillings.</summary>
    static (int Family, MarkerFill Fill)[] OfMachines(BrowsedNetworks networks, string[] machines)
    {
        var families = networks.Contents.Machines.Select(name => networks.Contents.Factors.Of(name).Family).Distinct().ToList();
        return Array.ConvertAll(machines, name => networks.Contents.Machines.Contains(name)
            ? (families.IndexOf(networks.Contents.Factors.Of(name).Family),
                Families.FillOf(VariantName.Of(networks.Contents.Factors.Of(name).Variant)))
            : (families.Count, MarkerFill.Solid));
    }

    /// <summary>uint32 n, uint32 2, n × 2 float32, n uint32 rows of the table; little-endian.</summary>
    internal static byte[] Points(ViewPlane plane)
    {
        var bytes = new byte[8 + (12 * plane.Count)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, plane.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), 2);
        MemoryMarshal.AsBytes(plane.Coordinates.AsSpan()).CopyTo(bytes.AsSpan(8));
        MemoryMarshal.AsBytes(plane.Rows.AsSpan()).CopyTo(bytes.AsSpan(8 + (8 * plane.Count)));
        return bytes;
    }

    static byte[] Bytes(JsonObject head, ReadOnlySpan<byte> values)
    {
        var text = Encoding.UTF8.GetBytes(head.ToJsonString());
        var length = (text.Length + 3) / 4 * 4;
        var bytes = new byte[4 + length + values.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        bytes.AsSpan(4, length).Fill((byte)' ');
        text.CopyTo(bytes.AsSpan(4));
        values.CopyTo(bytes.AsSpan(4 + length));
        return bytes;
    }
}
