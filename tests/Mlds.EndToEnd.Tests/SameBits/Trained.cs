using Mlds.Zoos;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>What a path made of one recipe.</summary>
readonly record struct Trained(string RecipeId, int Epochs, float ValidationLoss, string WeightsSha256)
{
    /// <summary>One SHA-256 for several networks, as <c>mlds zoo</c> has it.</summary>
    public static string Digest(IEnumerable<Trained> networks) =>
        WeightsDigest.Of(networks.Select(network => (network.RecipeId, network.WeightsSha256)));
}
