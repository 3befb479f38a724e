using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mlds.Analysis.Results;

/// <summary>metrics.json: an <see cref="AnalysisResult"/> in snake_case (docs/formats/metrics.md).</summary>
public static class Metrics
{
    /// <summary>Version of the format; goes up when a key changes its meaning or goes away.</summary>
    public const int FormatVersion = 1;

    static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>How parts of a result are written, the same way as the whole.</summary>
    internal static JsonSerializerOptions Options => s_options;

    /// <summary>The result as JSON. Infinite numbers and NaN have no place in it: they throw <see cref="ArgumentException"/>.</summary>
    public static JsonObject ToJson(AnalysisResult result)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(result, s_options)!;
        json.Insert(0, "format", "mlds-metrics");
        json.Insert(1, "version", FormatVersion);
        return json;
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">Another format, or a version this program doesn't know.</exception>
    public static AnalysisResult Parse(string json)
    {
        if (JsonNode.Parse(json) is not JsonObject root || (string?)root["format"] != "mlds-metrics")
            throw new FormatException("This is no metrics file: \"format\" should be \"mlds-metrics\".");
        if ((int?)root["version"] != FormatVersion)
            throw new FormatException($"The metrics file has version {root["version"]}; this program reads version {FormatVersion}.");
        return root.Deserialize<AnalysisResult>(s_options)!;
    }

    /// <summary>Writes <paramref name="path"/>, replacing it whole.</summary>
    public static void Write(AnalysisResult result, string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, ToJson(result).ToJsonString(s_options) + "\n");
        File.Move(temporary, path, overwrite: true);
    }
}
