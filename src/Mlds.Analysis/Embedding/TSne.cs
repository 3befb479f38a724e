using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Decomposition;

namespace Mlds.Analysis.Embedding;

/// <param name="Perplexity">About how many neighbours count, above 1; lowered to (N − 1) / 3 for fewer networks.</param>
/// <param name="Iterations">Of the descent, the first quarter of them exaggerated.</param>
/// <param name="Standardize">Bring all columns to one scale first.</param>
public sealed record TSneOptions(double Perplexity = 30, int Iterations = 1000, bool Standardize = false);

/// <summary>
/// t-distributed stochastic neighbour embedding in two dimensions (van der Maaten and Hinton, JMLR 9, 2008). Attraction is over the 3 ×
/// perplexity nearest neighbours, as in Barnes–Hut t-SNE (van der Maaten, JMLR 15, 2014); repulsion is over all pairs, exact: at a few
/// thousand networks a vectorised sum is as fast as a tree. Starts from the principal components, so it has no random numbers, and two runs
/// give the same picture.
/// </summary>
/// <seealso href="https://scikit-learn.org/stable/modules/generated/sklearn.manifold.TSNE.html">scikit-learn's, whose step sizes these
/// are.</seealso>
public sealed class TSne
{
    TSne(double[][] coordinates, double divergence) => (Coordinates, Divergence) = (coordinates, divergence);

    /// <summary>N × 2.</summary>
    public IReadOnlyList<double[]> Coordinates { get; }

    /// <summary>
    /// Kullback–Leibler divergence of the embedding's neighbourhoods from the networks', at least 0; the least that was looked for.
    /// </summary>
    public double Divergence { get; }

    /// <exception cref="ArgumentException">Fewer than four networks, or a perplexity of at most 1.</exception>
    public static TSne Fit(FeatureMatrix matrix, TSneOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new TSneOptions();
        if (matrix.Rows < 4) throw new ArgumentException($"t-SNE needs at least 4 networks, not {matrix.Rows}.", nameof(matrix));
        if (!(options.Perplexity > 1))
            throw new ArgumentException($"The perplexity must be above 1, not {options.Perplexity}.", nameof(options));
        if (options.Standardize) matrix = Standardizer.Fit(matrix).Transform(matrix);
        var perplexity = Math.Min(options.Perplexity, (matrix.Rows - 1) / 3.0);
        var neighbours = NearestNeighbours.Of(matrix, Math.Min(matrix.Rows - 1, (int)(3 * perplexity) + 1));
        var affinities = Affinities.Of(neighbours, perplexity);
        var descent = new TSneDescent(affinities, Start(matrix));
        descent.Run(options.Iterations, cancellation);
        return new TSne(descent.Coordinates(), descent.Divergence());
    }

    /// <summary>The first two principal components, so small (standard deviation 1e-4) that every pair attracts at first.</summary>
    static (float[] X, float[] Y) Start(FeatureMatrix matrix)
    {
        var scores = Pca.Fit(matrix, new PcaOptions(2)).Transform(matrix);
        var deviation = Math.Sqrt(scores.Average(row => row.Length > 0 ? row[0] * row[0] : 0));
        float Scaled(double[] row, int axis, int i) => row.Length > axis && deviation > 0
            ? (float)(1e-4 * row[axis] / deviation)
            : (float)(1e-6 * Math.Sin(i + axis));
        return ([.. scores.Select((row, i) => Scaled(row, 0, i))], [.. scores.Select((row, i) => Scaled(row, 1, i))]);
    }
}
