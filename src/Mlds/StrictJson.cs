using System.Globalization;
using System.Text.Json;

namespace Mlds;

/// <summary>
/// A JSON value that is read strictly: an unknown key, a missing key, a wrong type or a value out of range is a
/// <see cref="FormatException"/> whose one sentence names the source, the JSON path and what is allowed.
/// </summary>
/// <remarks>
/// With <see cref="JsonFaults"/> to collect in, what a value should have been is noted instead, and something allowed is read in its place,
/// so that one reading finds all that is wrong; <see cref="Try"/> bounds what a wrong value may lead astray.
/// </remarks>
public readonly struct StrictJson
{
    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    readonly JsonElement _value;
    readonly string _source;
    readonly JsonFaults? _faults;

    StrictJson(JsonElement value, string source, string path, JsonFaults? faults) =>
        (_value, _source, Path, _faults) = (value, source, path, faults);

    /// <summary>Where this value is: <c>$.machines[2].data</c>.</summary>
    public string Path { get; }

    public bool IsNull => _value.ValueKind == JsonValueKind.Null;

    public bool IsText => _value.ValueKind == JsonValueKind.String;

    public bool IsObject => _value.ValueKind == JsonValueKind.Object;

    public bool IsArray => _value.ValueKind == JsonValueKind.Array;

    /// <summary>The value of a whole JSON text.</summary>
    /// <param name="text">One JSON value; comments, trailing commas and repeated keys are errors.</param>
    /// <param name="source">What to call the text in messages: a file's path, "the recipe".</param>
    public static StrictJson Parse(string text, string source) => Parse(text, source, null);

    /// <param name="faults">Where to note what is wrong with its values; null to throw at the first.</param>
    internal static StrictJson Parse(string text, string source, JsonFaults? faults)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_strict);
            return new StrictJson(document.RootElement.Clone(), source, "$", faults);
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
        if (!Expect(JsonValueKind.Object, "an object")) return this;
        foreach (var property in _value.EnumerateObject())
        {
            if (!allowed.Contains(property.Name))
            {
                var names = allowed.ToArray();
                At(property.Value, $".{property.Name}").Fail(
                    $"there is no such key. {NearestName.DidYouMean(property.Name, names)}Keys here: {string.Join(", ", names)}");
            }
        }

        return this;
    }

    /// <summary>The keys of an object, in the order of the text.</summary>
    public IReadOnlyList<string> Keys()
    {
        return Expect(JsonValueKind.Object, "an object") ? [.. _value.EnumerateObject().Select(property => property.Name)] : [];
    }

    /// <summary>The value of <paramref name="key"/>, or null if the object lacks it.</summary>
    public StrictJson? Optional(string key) =>
        (_faults is null || IsObject) && _value.TryGetProperty(key, out var value) ? At(value, $".{key}") : null;

    /// <summary>The value of <paramref name="key"/>.</summary>
    public StrictJson Required(string key)
    {
        if (Optional(key) is { } value) return value;
        if (_faults is null || IsObject) Fail($"the key '{key}' is missing");
        else _faults.Follows();
        return At(default, $".{key}");
    }

    /// <summary>The value of <paramref name="key"/>, or <paramref name="basis"/> where the object lacks it.</summary>
    /// <param name="read">Reads the value.</param>
    /// <param name="basis">The value that the object may leave as it is; null if the key must be given.</param>
    internal T Field<T>(string key, Func<StrictJson, T> read, T? basis)
        where T : struct => Optional(key) is { } given ? read(given) : basis ?? read(Required(key));

    /// <summary>The items of an array.</summary>
    public IReadOnlyList<StrictJson> Items(int minimum = 0, int maximum = int.MaxValue)
    {
        if (!Expect(JsonValueKind.Array, "an array")) return [];
        var length = _value.GetArrayLength();
        if (length < minimum || length > maximum)
            Fail($"has {length} items; {(maximum == int.MaxValue ? $"at least {minimum}" : $"{minimum} to {maximum}")} are allowed");
        var items = new StrictJson[length];
        var index = 0;
        foreach (var item in _value.EnumerateArray())
        {
            items[index] = At(item, $"[{index}]");
            index++;
        }

        return items;
    }

    /// <summary>An integer between <paramref name="minimum"/> and <paramref name="maximum"/>, both allowed.</summary>
    public int Integer(int minimum, int maximum) => (int)Whole(minimum, maximum);

    /// <summary>A whole number of <paramref name="allowed"/>, which must be in the range of an int.</summary>
    public int Integer(NumberRange allowed) => Integer((int)allowed.Minimum, (int)allowed.Maximum);

    /// <summary>A seed: 0 … 2³² − 1.</summary>
    public uint Seed() => (uint)Whole(0, uint.MaxValue);

    /// <summary>A number that satisfies <paramref name="allowed"/>, which <paramref name="range"/> says in words.</summary>
    public double Number(Func<double, bool> allowed, string range)
    {
        if (!Expect(JsonValueKind.Number, "a number")) return 0;
        if (!_value.TryGetDouble(out var number) || !double.IsFinite(number) || !allowed(number))
            Fail($"{_value.GetRawText()} is not {range}");
        return number;
    }

    /// <summary>A number of <paramref name="allowed"/>.</summary>
    public double Number(NumberRange allowed) => Number(allowed.Contains, $"{allowed}");

    public bool Boolean()
    {
        if (_value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Expect(JsonValueKind.True, "true or false");
        return _value.ValueKind == JsonValueKind.True;
    }

    public string Text()
    {
        return Expect(JsonValueKind.String, "a text") ? _value.GetString()! : "";
    }

    /// <summary>A SHA-256 of 64 lower-case hex digits.</summary>
    public string Sha256()
    {
        var text = Text();
        var isHash = text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
        return isHash ? text : throw Error("should be a SHA-256 of 64 lower-case hex digits");
    }

    /// <summary>One of <paramref name="names"/>.</summary>
    public string OneOf(params ReadOnlySpan<string> names)
    {
        if (!Expect(JsonValueKind.String, "a text")) return names[0];
        var text = Text();
        if (names.Contains(text)) return text;
        var all = names.ToArray();
        Fail($"there is no '{text}'. {NearestName.DidYouMean(text, all)}Allowed: {string.Join(", ", all)}");
        return names[0];
    }

    /// <summary>The exception for this value: source, path, then <paramref name="problem"/> as a sentence without its full stop.</summary>
    public FormatException Error(string problem, Exception? cause = null) =>
        JsonFaults.Thrown(new JsonFault(Path, $"{problem}."), _source, cause);

    /// <summary>
    /// Reads a part of the text that stands by itself. False when something is wrong with it, which is then noted: what a wrong value led
    /// to is not. Where nothing is collected, it throws as ever.
    /// </summary>
    /// <param name="value">What was read; with a wrong value in it, something like it or null.</param>
    internal bool Try<T>(Func<T> read, out T? value)
    {
        value = default;
        if (_faults is null)
        {
            value = read();
            return true;
        }

        var before = _faults.Met;
        try
        {
            value = read();
        }
        catch (FormatException exception) when (_faults.Met == before)
        {
            _faults.Add(JsonFaults.Of(exception) ?? new JsonFault(Path, exception.Message));
        }
        catch (Exception) when (_faults.Met > before)
        {
            // What stands in the place of a wrong value needn't fit the rest.
        }

        return _faults.Met == before;
    }

    /// <inheritdoc cref="Try{T}"/>
    internal bool Try(Action check) => Try(
        () =>
        {
            check();
            return true;
        },
        out _);

    StrictJson At(JsonElement value, string step) => new(value, _source, Path + step, _faults);

    /// <summary>Notes what is wrong with this value, or throws it.</summary>
    void Fail(string problem)
    {
        if (_faults is null) throw Error(problem);
        _faults.Add(new JsonFault(Path, $"{problem}."));
    }

    double Whole(double minimum, double maximum)
    {
        if (!Expect(JsonValueKind.Number, "a whole number")) return minimum;
        if (_value.TryGetDouble(out var number) && double.IsInteger(number) && number >= minimum && number <= maximum) return number;
        Fail(string.Create(CultureInfo.InvariantCulture, $"{_value.GetRawText()} is not a whole number from {minimum} to {maximum}"));
        return minimum;
    }

    /// <summary>Whether this is of <paramref name="kind"/>; if not, that is a fault. One that isn't there was noted before.</summary>
    bool Expect(JsonValueKind kind, string what)
    {
        if (_value.ValueKind == kind) return true;
        if (_value.ValueKind != JsonValueKind.Undefined) Fail($"should be {what}, but is {Kind}");
        else _faults!.Follows();
        return false;
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
