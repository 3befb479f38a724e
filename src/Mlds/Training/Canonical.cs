using System.Text.Json.Nodes;

namespace Mlds.Training;

/// <summary>Canonical JSON by RFC 8785 (JCS): what is hashed is always these bytes.</summary>
public static class Canonical
{
    public static string Serialize(JsonNode? node) => throw new NotImplementedException();
}
