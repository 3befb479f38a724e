using System.Globalization;
using System.Text.Json;

namespace Mlds;

/// <summary>
/// A JSON value that is read strictly: an unknown key, a missing key, a wrong type or a value out of range is a
/// <see cref="FormatException"/> whose one sentence names the source, the JSON path and what is allowed.
/// </summary>
public readonly struct StrictJson
{
    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    readonly JsonElement _value;
    readonly string _source;

    StrictJson(JsonElement value, string source, string path) => (_value, _source, Path) = (value, source, path);

    /// <summary>Where this value is: <c>$.machines[2].data</c>.</summary>
    public string Path { get; }

    public bool IsNull => _value.ValueKind == JsonValueKind.Null;

    public bool IsText => _value.ValueKind == JsonValueKind.String;

    public bool IsObject => _value.ValueKind == JsonValueKind.Object;

    /// <summary>The value of a whole JSON text.</summary>
    /// <param name="text">One JSON value; comments, trailing commas and repeated keys are errors.</param>
    /// <param name="source">What to call the text in messages: a file's path, "the recipe".</param>
    public static StrictJson Parse(string text, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_strict);
            return new StrictJson(document.RootElement.Clone(), source, "$");
        }
        catch (JsonException problem)
        {
            var place = problem.LineNumber is { } line ? $" in line {line + 1}, byte {problem.BytePositionInLine + 1}" : "";
            throw new FormatException($"{source} isn't valid JSON{place}: {FirstSentence(problem.Message)}", problem);
        }
    }

    /// <summary>This value, once it is known to be an object with no other keys than these.</summary>
    public StrictJson WithKeys(params ReadOnlySpan<string> allowed)
    {
        Expect(JsonValueKind.Object, "an object");
        foreach (var property in _value.EnumerateObject())
        {
            if (!allowed.Contains(property.Name))
            {
                var names = allowed.ToArray();
                throw new FormatException(
                    $"{_source}: {Path}.{property.Name}: there is no such key. {NearestName.DidYouMean(property.Name, names)}Keys here: "
                    + $"{string.Join(", ", names)}.");
            }
        }

        return this;
    }

    /// <summary>The keys of an object, in the order of the text.</summary>
    public IReadOnlyList<string> Keys()
    {
        Expect(JsonValueKind.Object, "an object");
        return [.. _value.EnumerateObject().Select(property => property.Name)];
    }

    /// <summary>The value of <paramref name="key"/>, or null if the object lacks it.</summary>
    public StrictJson? Optional(string key) =>
        _value.TryGetProperty(key, out var value) ? new StrictJson(value, _source, $"{Path}.{key}") : null;

    /// <summary>The value of <paramref name="key"/>.</summary>
    public StrictJson Required(string key) => Optional(key) ?? throw Error($"the key '{key}' is missing");

    /// <summary>The value of <paramref name="key"/>, or <paramref name="basis"/> where the object lacks it.</summary>
    /// <param name="read">Reads the value.</param>
    /// <param name="basis">The value that the object may leave as it is; null if the key must be given.</param>
    internal T Field<T>(string key, Func<StrictJson, T> read, T? basis)
        where T : struct => Optional(key) is { } given ? read(given) : basis ?? read(Required(key));

    /// <summary>The items of an array.</summary>
    public IReadOnlyList<StrictJson> Items(int minimum = 0, int maximum = int.MaxValue)
    {
        Expect(JsonValueKind.Array, "an array");
        var length = _value.GetArrayLength();
        if (length < minimum || length > maximum)
            throw Error($"has {length} items; {(maximum == int.MaxValue ? $"at least {minimum}" : $"{minimum} to {maximum}")} are allowed");
        var items = new StrictJson[length];
        var index = 0;
        foreach (var item in _value.EnumerateArray())
        {
            items[index] = new StrictJson(item, _source, $"{Path}[{index}]");
            index++;
        }

        return items;
    }

    /// <summary>An integer between <paramref name="minimum"/> and <paramref name="maximum"/>, both allowed.</summary>
    public int Integer(int minimum, int maximum) => (int)Whole(minimum, maximum);

    /// <summary>A seed: 0 … 2³² − 1.</summary>
    public uint Seed() => (uint)Whole(0, uint.MaxValue);

    /// <summary>A number that satisfies <paramref name="allowed"/>, which <paramref name="range"/> says in words.</summary>
    public double Number(Func<double, bool> allowed, string range)
    {
        Expect(JsonValueKind.Number, "a number");
        if (!_value.TryGetDouble(out var number) || !double.IsFinite(number) || !allowed(number))
            throw Error($"{_value.GetRawText()} is not {range}");
        return number;
    }

    public bool Boolean() => _value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"should be true or false, but is {Kind}"),
    };

    public string Text()
    {
        Expect(JsonValueKind.String, "a text");
        return _value.GetString()!;
    }

    /// <summary>One of <paramref name="names"/>.</summary>
    public string OneOf(params ReadOnlySpan<string> names)
    {
        var text = Text();
        if (names.Contains(text)) return text;
        var all = names.ToArray();
        throw Error($"there is no '{text}'. {NearestName.DidYouMean(text, all)}Allowed: {string.Join(", ", all)}");
    }

    /// <summary>The exception for this value: source, path, then <paramref name="problem"/> as a sentence without its full stop.</summary>
    public FormatException Error(string problem) => new($"{_source}: {Path}: {problem}.");

    double Whole(double minimum, double maximum)
    {
        Expect(JsonValueKind.Number, "a whole number");
        if (_value.TryGetDouble(out var number) && double.IsInteger(number) && number >= minimum && number <= maximum) return number;
        throw Error(
            string.Create(CultureInfo.InvariantCulture, $"{_value.GetRawText()} is not a whole number from {minimum} to {maximum}"));
    }

    void Expect(JsonValueKind kind, string what)
    {
        if (_value.ValueKind != kind) throw Error($"should be {what}, but is {Kind}");
    }

    string Kind => _value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the text {_value.GetRawText()}",
        _ => _value.GetRawText(),
    };

    static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
