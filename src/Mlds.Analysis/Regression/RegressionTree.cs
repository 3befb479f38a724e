using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;

namespace Mlds.Analysis.Regression;

/// <summary>One regression tree (Breiman, Friedman, Olshen, Stone 1984): each split leaves the least squared error.</summary>
sealed class RegressionTree
{
    /// <summary>Rows of a leaf at least: numbers have noise, which classes have less of.</summary>
    const int LeastRows = 3;

    readonly List<Node> _nodes = [];

    RegressionTree()
    {
    }

    /// <summary>An inner node sends values up to its threshold left; a leaf has <c>Column</c> −1 and its mean as threshold.</summary>
    readonly record struct Node(int Column, double Threshold, int Left, int Right);

    /// <summary>The mean of the leaf that <paramref name="row"/> falls into.</summary>
    internal double Predict(ReadOnlySpan<float> row)
    {
        var node = _nodes[0];
        while (node.Column >= 0) node = _nodes[row[node.Column] <= node.Threshold ? node.Left : node.Right];
        return node.Threshold;
    }

    /// <summary>Grows a tree on a bootstrap sample of the rows, looking at <paramref name="tried"/> random columns per node.</summary>
    internal static RegressionTree Grow(BinnedColumns columns, double[] target, int tried, SeededRandom random)
    {
        var sample = new int[columns.Rows];
        for (var i = 0; i < sample.Length; i++) sample[i] = random.Next(sample.Length);
        var tree = new RegressionTree();
        new Growth(tree, columns, target, tried, random).Split(sample);
        return tree;
    }

    sealed class Growth(RegressionTree tree, BinnedColumns columns, double[] target, int tried, SeededRandom random)
    {
        readonly int[] _order = [.. Enumerable.Range(0, columns.Columns)];
        readonly double[] _sums = new double[256];
        readonly int[] _counts = new int[256];

        /// <summary>Adds the node for <paramref name="rows"/> and all below it; returns its number.</summary>
        internal int Split(Span<int> rows)
        {
            var number = tree._nodes.Count;
            tree._nodes.Add(default);
            var sum = 0.0;
            foreach (var row in rows) sum += target[row];
            var (column, bin) = rows.Length >= 2 * LeastRows ? Best(rows, sum) : (-1, 0);
            if (column < 0)
            {
                tree._nodes[number] = new Node(-1, sum / rows.Length, 0, 0);
                return number;
            }

            var size = columns.Partition(rows, column, bin);
            var left = Split(rows[..size]);
            var right = Split(rows[size..]);
            tree._nodes[number] = new Node(column, columns.Threshold(column, bin), left, right);
            return number;
        }

        /// <summary>The best split over the columns tried; more are drawn until one can split at all. (−1, 0) if none can.</summary>
        (int Column, int Bin) Best(Span<int> rows, double sum)
        {
            // A split that gains nothing leaves a leaf: all its numbers are equal, or no column tells them apart.
            var (column, bin, quality) = (-1, 0, (sum * sum / rows.Length) + (1e-12 * Math.Abs(sum)));
            var hasSplit = false;
            for (var draw = 0; draw < _order.Length && (draw < tried || !hasSplit); draw++)
            {
                var swap = draw + random.Next(_order.Length - draw);
                (_order[draw], _order[swap]) = (_order[swap], _order[draw]);
                var (candidate, gain) = BestBin(_order[draw], rows, sum);
                hasSplit |= gain > double.NegativeInfinity;
                if (gain > quality) (column, bin, quality) = (_order[draw], candidate, gain);
            }

            return (column, bin);
        }

        /// <summary>
        /// The bin after which a split leaves the least squared error, which is where (Σ left)²/L + (Σ right)²/R is greatest.
        /// </summary>
        (int Bin, double Quality) BestBin(int column, Span<int> rows, double sum)
        {
            var bins = columns.Bins(column);
            var sums = _sums.AsSpan(0, bins);
            var counts = _counts.AsSpan(0, bins);
            sums.Clear();
            counts.Clear();
            var values = columns.Column(column);
            foreach (var row in rows)
            {
                sums[values[row]] += target[row];
                counts[values[row]]++;
            }

            var (best, quality, left, count) = (0, double.NegativeInfinity, 0.0, 0);
            for (var bin = 0; bin + 1 < bins; bin++)
            {
                left += sums[bin];
                count += counts[bin];
                if (counts[bin] == 0 || count < LeastRows || rows.Length - count < LeastRows) continue;
                var candidate = (left * left / count) + ((sum - left) * (sum - left) / (rows.Length - count));
                if (candidate > quality) (best, quality) = (bin, candidate);
            }

            return (best, quality);
        }
    }
}
