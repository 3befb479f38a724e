using Mlds.Analysis.Data;
using Mlds.Analysis.LinearAlgebra;
using Mlds.Networks;

namespace Mlds.Analysis.Views;

/// <summary>
/// Three numbers of each matrix' singular values σ_1 ≥ σ_2 ≥ …, as WeightWatcher prints them (Martin and Mahoney, JMLR 22, 2021, arXiv
/// 1810.01075): the spectral norm σ_1; the stable rank Σ σ_i² / σ_1², 1 … rank; and the MP soft rank λ⁺ / λ_1, where λ_1 = σ_1² / N is the
/// largest eigenvalue of the correlation matrix WᵀW / N, and λ⁺ = s² (1 + √(M / N))² is the upper edge of the Marchenko–Pastur law for a
/// random N × M matrix, N ≥ M, of the same mean square s². At about 1 and above nothing stands out from noise; the lower it is, the more
/// does. Each gate has its own matrix. Biases and single rows have no spectrum and are left out.
/// </summary>
/// <remarks>No power-law exponent α, WeightWatcher's best-known number: a fit of the tail needs about fifty eigenvalues, and a matrix of
/// width 12 has twelve. What a fit gave would be its own starting point.</remarks>
public static class SpectralView
{
    static readonly string[] s_metrics = ["spectral_norm", "stable_rank", "mp_soft_rank"];

    internal static FeatureMatrix Build(WeightMatrix matrix) => Build(
        matrix.Tensors.As([.. matrix.Layout.Tensors.SelectMany(tensor => tensor.IsBias ? [tensor] : tensor.Split())]));

    /// <summary>N × (3 per matrix).</summary>
    public static FeatureMatrix Build(TensorMatrix matrix)
    {
        var tensors = matrix.Tensors.Where(tensor => tensor.Rows > 1 && tensor.Columns > 1).ToArray();
        var names = tensors.SelectMany(tensor => s_metrics.Select(metric => $"{tensor.Name}.{metric}")).ToArray();
        var values = new float[(long)matrix.Networks * names.Length];
        var shapes = Enumerable.Range(0, tensors.Length).GroupBy(i => (tensors[i].Rows, tensors[i].Columns))
            .Select(shape => shape.ToArray()).ToArray();
        Parallel.For(0, matrix.Networks, Parallelism.Options, row =>
        {
            foreach (var alike in shapes)
            {
                var matrices = Array.ConvertAll(alike, i => Entries(tensors[i], matrix.Row(row)));
                var singular = SingularValues.Of(matrices, tensors[alike[0]].Rows, tensors[alike[0]].Columns);
                for (var i = 0; i < alike.Length; i++)
                {
                    Write(tensors[alike[i]], matrices[i], singular[i][0], values.AsSpan(
                        (row * names.Length) + (alike[i] * s_metrics.Length), s_metrics.Length));
                }
            }
        });
        return new FeatureMatrix(values, matrix.Networks, names);
    }

    static double[] Entries(WeightTensor tensor, ReadOnlySpan<float> weights)
    {
        var entries = new double[tensor.Length];
        for (var i = 0; i < entries.Length; i++) entries[i] = weights[tensor.Offset + i];
        return entries;
    }

    static void Write(WeightTensor tensor, double[] matrix, double norm, Span<float> metrics)
    {
        metrics[0] = (float)norm;
        if (norm == 0) return;
        var squares = Products.Dot(matrix, matrix);
        double most = Math.Max(tensor.Rows, tensor.Columns), least = Math.Min(tensor.Rows, tensor.Columns);
        var edge = squares / tensor.Length * Math.Pow(1 + Math.Sqrt(least / most), 2);
        metrics[1] = (float)(squares / (norm * norm));
        metrics[2] = (float)(edge / (norm * norm / most));
    }
}
