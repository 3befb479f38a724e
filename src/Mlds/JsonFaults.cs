using System.Text;
using System.Text.Json;

namespace Mlds;

/// <summary>Something wrong in a JSON text.</summary>
/// <param name="Path">Where: <c>$.machines[2].data</c>.</param>
/// <param name="Problem">What, and what is allowed: a sentence.</param>
public sealed record JsonFault(string Path, string Problem);

/// <summary>All that one reading finds wrong in a JSON text, each fault once.</summary>
sealed class JsonFaults
{
    readonly List<JsonFault> _all = [];

    /// <summary>Faults met, those met before included: a part of the text may be read several times.</summary>
    internal int Met { get; private set; }

    internal IReadOnlyList<JsonFault> All => _all;

    internal void Add(JsonFault fault)
    {
        Met++;
        if (!_all.Contains(fault)) _all.Add(fault);
    }

    /// <summary>Something can't be read because of a fault that is here already.</summary>
    internal void Follows() => Met++;

    /// <summary>The fault as an exception, from which <see cref="Of"/> gets it back.</summary>
    internal static FormatException Thrown(JsonFault fault, string source, Exception? cause) =>
        new($"{source}: {fault.Path}: {fault.Problem}", cause) { Data = { [typeof(JsonFault)] = fault } };

    internal static JsonFault? Of(FormatException exception) => exception.Data[typeof(JsonFault)] as JsonFault;

    /// <summary>The line, from 1, of every path in a valid JSON text; of a key's value, the line of the key.</summary>
    internal static IReadOnlyDictionary<string, int> Lines(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes);
        var lines = new Dictionary<string, int>();
        var open = new Stack<(string Path, int Item)>();
        var (path, line, counted) = ("$", 1, 0);
        while (reader.Read())
        {
            line += bytes.AsSpan(counted..(int)reader.TokenStartIndex).Count((byte)'\n');
            counted = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = $"{open.Peek().Path}.{reader.GetString()}";
                    lines[path] = line;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    break;
                default:
                    if (open.TryPop(out var array) && array.Item >= 0)
                    {
                        path = $"{array.Path}[{array.Item}]";
                        open.Push((array.Path, array.Item + 1));
                    }
                    else if (array.Path is not null)
                    {
                        open.Push(array);
                    }

                    lines.TryAdd(path, line);
                    if (reader.TokenType == JsonTokenType.StartObject) open.Push((path, -1));
                    if (reader.TokenType == JsonTokenType.StartArray) open.Push((path, 0));
                    break;
            }
        }

        return lines;
    }
}
