using Mlds.Cli.Frame;
using Mlds.Recipes;
using Mlds.Zoos;

namespace Mlds.Cli.Zoos;

/// <summary>What <c>--where</c> asks of networks.</summary>
static class Conditions
{
    /// <param name="text">As given; null asks nothing.</param>
    /// <exception cref="UsageException">Not FACTOR=VALUE with commas between, or no such factor.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(string? text, PopulationFactors factors)
    {
        try
        {
            return text is null ? [] : NetworkSelection.Parse(text, factors);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"--where: {problem.Message}");
        }
    }
}
