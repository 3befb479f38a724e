using System.Security.Cryptography;
using System.Text;

namespace Mlds.Zoos;

/// <summary>The digest of <see cref="Zoo.WeightsDigest"/>, of networks at hand.</summary>
static class WeightsDigest
{
    /// <summary>SHA-256 over the sorted lines <c>recipe_id weights_sha256</c>, each ended by a line feed.</summary>
    public static string Of(IEnumerable<StoredNetwork> networks) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(
        networks.Select(network => $"{network.RecipeId} {network.WeightsSha256}\n").Order(StringComparer.Ordinal)))));
}
