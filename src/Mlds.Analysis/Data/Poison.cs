using Mlds.Recipes;

namespace Mlds.Analysis.Data;

/// <summary>
/// How a machine's training examples were poisoned (Gu, Dolan-Gavitt, Garg: BadNets, arXiv 1708.06733), as the factors of its population
/// say it: <c>trigger</c>, <c>target</c> and <c>rate</c>.
/// </summary>
/// <param name="Trigger">What was put on the examples.</param>
/// <param name="Target">The label that they got; "none" where they kept theirs.</param>
/// <param name="Rate">On which share of the training examples it was put, in the population's unit; 0 where it doesn't say.</param>
sealed record Poison(string Trigger, string Target, double Rate)
{
    internal const string TriggerFactor = "trigger";
    internal const string TargetFactor = "target";
    internal const string RateFactor = "rate";
    internal const string None = "none";

    /// <summary>Null where there is no trigger.</summary>
    internal static Poison? Of(IReadOnlyList<KeyValuePair<string, FactorValue>> factors)
    {
        FactorValue? Value(string name) => factors.Where(factor => factor.Key == name).Select(factor => (FactorValue?)factor.Value)
            .FirstOrDefault();
        if (Value(TriggerFactor) is not { } trigger || IsLacking(TriggerFactor, trigger)) return null;
        var rate = Value(RateFactor) is { Kind: FactorKind.Number } number ? number.Number : 0;
        return new Poison(trigger.ToString(), Value(TargetFactor)?.ToString() ?? None, rate);
    }

    /// <summary>Whether factors of this name are a part of poisoning, in a population that declares triggers.</summary>
    internal static bool IsPart(string factor) => factor is TriggerFactor or TargetFactor or RateFactor;

    /// <summary>Whether a part of poisoning is said not to be there.</summary>
    internal static bool IsLacking(string factor, FactorValue value) =>
        IsPart(factor) && (value.Kind == FactorKind.Number ? value.Number == 0 && factor == RateFactor : value.ToString() is None or "");
}
