using System.Text.Json;

namespace Mlds.Analysis.Tests;

/// <summary>numpy and scikit-learn as judges: the same numbers go in, their answer comes back.</summary>
static class Python
{
    // rows(name, d): the numbers called name as an N × d array; out(…): the answer.
    const string Prelude = """
        import sys, json, numpy as np
        data = json.load(sys.stdin)
        def rows(name, d): return np.array(data[name], dtype=float).reshape(-1, d)
        def ints(name): return np.array(data[name], dtype=float).astype(int)
        def out(**answer): print(json.dumps({k: (v.tolist() if hasattr(v, 'tolist') else v) for k, v in answer.items()}))
        """;

    static readonly Lazy<string?> s_missing = new(() => SystemPython.Missing("numpy", "sklearn"));

    /// <summary>
    /// Runs <paramref name="code"/> on named lists of numbers; skips the test where Python, numpy or scikit-learn is missing.
    /// </summary>
    internal static Reply Run(string code, params (string Name, IReadOnlyList<double> Numbers)[] data)
    {
        Assert.SkipWhen(s_missing.Value is not null, s_missing.Value ?? "");
        var input = JsonSerializer.Serialize(data.ToDictionary(d => d.Name, d => d.Numbers));

        // Threads that wait for each other on busy cores take scikit-learn a hundred times as long as one.
        var (exit, output, error) = Command.Run(
            SystemPython.Path, ["-c", Prelude + "\n" + code], "/", TimeSpan.FromMinutes(30),
            new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" }, input);
        Assert.True(exit == 0, error);
        return new Reply(JsonDocument.Parse(output).RootElement);
    }

    internal sealed class Reply(JsonElement root)
    {
        internal double Double(string name) => root.GetProperty(name).GetDouble();

        internal double[] Doubles(string name) => [.. Flatten(root.GetProperty(name))];

        static IEnumerable<double> Flatten(JsonElement element) =>
            element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
    }
}
