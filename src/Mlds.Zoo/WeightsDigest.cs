using System.Security.Cryptography;
using System.Text;

namespace Mlds.Zoos;

/// <summary>The identity of a set of trained networks, whatever holds them: equal digests mean equal networks.</summary>
public static class WeightsDigest
{
    /// <summary>
    /// Lower-case hex SHA-256 over the sorted lines <c>recipe_id weights_sha256</c>, each ended by a line feed: what <c>mlds zoo</c> calls
    /// weights_digest.
    /// </summary>
    /// <param name="networks">Both hashes in lower-case hex, in any order.</param>
    public static string Of(IEnumerable<(string RecipeId, string WeightsSha256)> networks)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in networks.Select(network => $"{network.RecipeId} {network.WeightsSha256}\n").Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.ASCII.GetBytes(line));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal static string Of(IEnumerable<StoredNetwork> networks) =>
        Of(networks.Select(network => (network.RecipeId, network.WeightsSha256)));
}
