namespace Mlds.Kernels.Losses;

/// <summary>What a network's descent makes small. Each form of network knows one.</summary>
public enum LossKind
{
    /// <summary>The mean squared error of outputs against targets.</summary>
    MeanSquaredError,

    /// <summary>The mean cross-entropy, natural logarithm, of the softmax of the scores against the class.</summary>
    CrossEntropy,
}

/// <summary>Losses as recipes say them.</summary>
public static class LossName
{
    /// <summary>In the order of <see cref="LossKind"/>.</summary>
    public static IReadOnlyList<string> All { get; } = ["mean_squared_error", "cross_entropy"];

    public static string Of(LossKind loss) => All[(int)loss];

    /// <summary>The same in words: "mean squared error".</summary>
    public static string InWords(LossKind loss) => Of(loss).Replace('_', ' ');
}
