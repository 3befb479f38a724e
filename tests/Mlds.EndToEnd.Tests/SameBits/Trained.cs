using System.Security.Cryptography;
using System.Text;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>What a path made of one recipe.</summary>
readonly record struct Trained(string RecipeId, int Epochs, float ValidationLoss, string WeightsSha256)
{
    /// <summary>One SHA-256 for several networks: over the sorted lines "recipe_id weights_sha256", as <c>mlds zoo</c> has it.</summary>
    public static string Digest(IEnumerable<Trained> networks)
    {
        var lines = networks.Select(network => $"{network.RecipeId} {network.WeightsSha256}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
