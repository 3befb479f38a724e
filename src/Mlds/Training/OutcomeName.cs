namespace Mlds.Training;

/// <summary>Outcomes as JSON, Parquet and the command line say them.</summary>
public static class OutcomeName
{
    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Converged => "converged",
        Outcome.NotConverged => "not_converged",
        Outcome.Diverged => "diverged",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    /// <exception cref="InvalidDataException">No such outcome.</exception>
    public static Outcome Parse(string name) => name switch
    {
        "converged" => Outcome.Converged,
        "not_converged" => Outcome.NotConverged,
        "diverged" => Outcome.Diverged,
        _ => throw new InvalidDataException($"There is no outcome '{name}'; there are converged, not_converged and diverged."),
    };
}
