namespace Mlds.Analysis.Foreign;

/// <summary>
/// What steps cost, about, in seconds of a core of one processor; on others all are off by one factor, which the first steps show.
/// </summary>
static class Workload
{
    /// <summary>Products of two numbers a second, in float32 and by blocks.</summary>
    const double Products = 1.5e10;

    /// <summary>Seconds that a forest takes for a network, a column tried and a level of a tree.</summary>
    const double Split = 2.5e-9;

    /// <summary>Fits of about all networks: five folds, their shuffled controls, and a curve's points together.</summary>
    const double Fits = 12;

    /// <summary>A label's scores and curve by ridge.</summary>
    internal static double Scores(double networks, double columns)
    {
        var least = Math.Min(networks, columns);
        return Fits * ((networks * columns * least) + (2 * least * least * least)) / Products;
    }

    /// <summary>The same by forests that try so many columns at a node.</summary>
    internal static double Forests(double networks, double tried, int trees) =>
        Fits * trees * networks * Math.Max(1, tried) * Math.Log2(networks) * Split;

    /// <summary>All compared with all.</summary>
    internal static double Pairs(double networks, double columns) => networks * networks * columns / Products;

    /// <summary>A thousand iterations of t-SNE over all pairs.</summary>
    internal static double Embedding(double networks) => networks * networks * 2e-6;

    /// <summary>Making a view: a network is aligned three times, in a time that goes with the third power of its units.</summary>
    internal static double Building(string view, double networks, double parameters) => networks * parameters * (view switch
    {
        "aligned" => 3 * 1.2e-3 / (4364.0 * 66) * Math.Sqrt(parameters),
        "invariants" or "spectral" => 1e-7,
        "statistics" => 5e-8,
        _ => 5e-9,
    });
}
