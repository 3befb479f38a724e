using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mlds.Recipes;

/// <summary>
/// Canonical JSON by RFC 8785 (JCS): what is hashed is always these bytes. No white space, keys sorted by UTF-16 code units, numbers as
/// ECMAScript prints doubles, the shortest escapes.
/// </summary>
public static class Canonical
{
    /// <summary>The canonical text of <paramref name="node"/>; encode it as UTF-8 to hash it.</summary>
    /// <exception cref="ArgumentException">A number that is no finite double, or a text with half a surrogate pair.</exception>
    public static string Serialize(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(text, node);
        return text.ToString();
    }

    static void Write(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                text.Append('{');
                foreach (var (key, value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    if (text[^1] != '{') text.Append(',');
                    WriteString(text, key);
                    text.Append(':');
                    Write(text, value);
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    Write(text, items[i]);
                }

                text.Append(']');
                break;
            default:
                WriteValue(text, node.AsValue());
                break;
        }
    }

    static void WriteValue(StringBuilder text, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                WriteString(text, value.GetValue<string>());
                break;
            case JsonValueKind.Number:
                text.Append(Number(ToDouble(value)));
                break;
            case JsonValueKind.Null:
                text.Append("null");
                break;
            default:
                text.Append(value.GetValue<bool>() ? "true" : "false");
                break;
        }
    }

    static double ToDouble(JsonValue value) =>
        value.TryGetValue<double>(out var number)
            ? number
            : double.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>A double as ECMAScript prints it (ECMA-262, Number::toString; RFC 8785 §3.2.2.3).</summary>
    internal static string Number(double number)
    {
        if (!double.IsFinite(number)) throw new ArgumentException($"JSON has no number {number.ToString(CultureInfo.InvariantCulture)}.");
        if (number == 0) return "0";
        // .NET and ECMAScript agree on the shortest digits that give the same double back, but not on how to lay them out.
        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.') is var at and >= 0 ? at : parts[0].Length;
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        // The number is 0.digits × 10^n.
        var n = point - (all.Length - digits.Length) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        return (number < 0 ? "-" : "") + Layout(digits.TrimEnd('0'), n);
    }

    static string Layout(string digits, int n)
    {
        var k = digits.Length;
        if (k <= n && n <= 21) return digits + new string('0', n - k);
        if (n is > 0 and <= 21) return $"{digits[..n]}.{digits[n..]}";
        if (n is > -6 and <= 0) return $"0.{new string('0', -n)}{digits}";
        var exponent = $"e{(n > 0 ? "+" : "-")}{Math.Abs(n - 1)}";
        return k == 1 ? digits + exponent : $"{digits[..1]}.{digits[1..]}{exponent}";
    }

    static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var letter = value[i];
            if (char.IsSurrogate(letter))
            {
                if (i + 1 == value.Length || !char.IsSurrogatePair(letter, value[i + 1]))
                    throw new ArgumentException("A text holds half a surrogate pair; JSON can't be made canonical with it.");
                text.Append(letter).Append(value[++i]);
                continue;
            }

            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        text.Append('"');
    }
}
