namespace Mlds.Training;

/// <summary>
/// How a training run ended. Every recipe ends with one; none is dropped in silence. The numbers are in databases: never renumber.
/// </summary>
public enum Outcome
{
    /// <summary>The validation loss reached the recipe's goal.</summary>
    Converged = 1,

    /// <summary>The epoch limit came first.</summary>
    NotConverged = 2,

    /// <summary>A loss was NaN or infinite.</summary>
    Diverged = 3,
}
