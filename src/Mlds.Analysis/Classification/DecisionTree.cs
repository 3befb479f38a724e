using Mlds.Analysis.Data;
using Mlds.Analysis.Forests;

namespace Mlds.Analysis.Classification;

/// <summary>One classification tree, grown until its leaves are pure (Breiman, Friedman, Olshen, Stone 1984; Gini impurity).</summary>
sealed class DecisionTree
{
    readonly List<Node> _nodes = [];
    readonly List<float> _shares = [];

    DecisionTree()
    {
    }

    /// <summary>
    /// An inner node sends values up to its threshold left; a leaf has <c>Column</c> −1 and its class shares from <c>Left</c> on.
    /// </summary>
    readonly record struct Node(int Column, double Threshold, int Left, int Right);

    /// <summary>Adds the class shares of the leaf that <paramref name="row"/> falls into.</summary>
    internal void AddShares(ReadOnlySpan<float> row, Span<double> shares)
    {
        var node = _nodes[0];
        while (node.Column >= 0) node = _nodes[row[node.Column] <= node.Threshold ? node.Left : node.Right];
        for (var k = 0; k < shares.Length; k++) shares[k] += _shares[node.Left + k];
    }

    /// <summary>Grows a tree on a bootstrap sample of the rows, looking at <paramref name="tried"/> random columns per node.</summary>
    internal static DecisionTree Grow(BinnedColumns columns, int[] labels, int classes, int tried, SeededRandom random)
    {
        var sample = new int[columns.Rows];
        for (var i = 0; i < sample.Length; i++) sample[i] = random.Next(sample.Length);
        var tree = new DecisionTree();
        new Growth(tree, columns, labels, classes, tried, random).Split(sample);
        return tree;
    }

    /// <summary>The working memory of one tree's growth.</summary>
    sealed class Growth(DecisionTree tree, BinnedColumns columns, int[] labels, int classes, int tried, SeededRandom random)
    {
        /// <summary>Up to this many rows are sorted by insertion; more by counting.</summary>
        const int Few = 12;

        readonly int[] _order = [.. Enumerable.Range(0, columns.Columns)];
        readonly ushort[] _keys = new ushort[columns.Rows];
        readonly ushort[] _sorted = new ushort[columns.Rows];
        readonly int[] _starts = new int[257];
        readonly int[] _all = new int[classes];
        readonly int[] _left = new int[classes];

        /// <summary>Adds the node for <paramref name="rows"/> and all below it; returns its number.</summary>
        internal int Split(Span<int> rows)
        {
            var number = tree._nodes.Count;
            tree._nodes.Add(default);
            Array.Clear(_all);
            foreach (var row in rows) _all[labels[row]]++;
            var (column, bin) = _all.Max() == rows.Length ? (-1, 0) : Best(rows);
            if (column < 0)
            {
                tree._nodes[number] = new Node(-1, 0, tree._shares.Count, 0);
                for (var k = 0; k < classes; k++) tree._shares.Add((float)_all[k] / rows.Length);
                return number;
            }

            var size = columns.Partition(rows, column, bin);
            var left = Split(rows[..size]);
            var right = Split(rows[size..]);
            tree._nodes[number] = new Node(column, columns.Threshold(column, bin), left, right);
            return number;
        }

        /// <summary>
        /// The best split over the columns tried; more columns are drawn until one can split at all. (−1, 0) if none can.
        /// </summary>
        (int Column, int Bin) Best(Span<int> rows)
        {
            var (column, bin, quality) = (-1, 0, double.NegativeInfinity);
            long squares = 0;
            foreach (var count in _all) squares += (long)count * count;
            for (var draw = 0; draw < _order.Length && (draw < tried || column < 0); draw++)
            {
                var swap = draw + random.Next(_order.Length - draw);
                (_order[draw], _order[swap]) = (_order[swap], _order[draw]);
                var (candidate, gain) = BestBin(_order[draw], rows, squares);
                if (gain > quality) (column, bin, quality) = (_order[draw], candidate, gain);
            }

            return (column, bin);
        }

        /// <summary>
        /// The bin after which a split is purest. Minimising the Gini impurity is maximising Σ L_k²/L + Σ R_k²/R; moving one row from right
        /// to left changes these sums by 2 L_k + 1 and 1 − 2 R_k, so that a column costs one pass over its sorted rows, however many
        /// classes there are.
        /// </summary>
        /// <param name="rightSquares">Σ R_k² with all rows on the right.</param>
        (int Bin, double Quality) BestBin(int column, Span<int> rows, long rightSquares)
        {
            var sorted = Sort(column, rows);
            if (sorted[0] >> 8 == sorted[^1] >> 8) return (0, double.NegativeInfinity);
            Array.Clear(_left);
            long leftSquares = 0;
            var (best, quality) = (0, double.NegativeInfinity);
            for (var i = 0; i + 1 < sorted.Length; i++)
            {
                var label = sorted[i] & 0xFF;
                var moved = _left[label]++;
                leftSquares += (2 * moved) + 1;
                rightSquares += 1 - (2 * (_all[label] - moved));
                if (sorted[i] >> 8 == sorted[i + 1] >> 8) continue;
                var candidate = ((double)leftSquares / (i + 1)) + ((double)rightSquares / (sorted.Length - i - 1));
                if (candidate > quality) (best, quality) = (sorted[i] >> 8, candidate);
            }

            return (best, quality);
        }

        /// <summary>256 · bin + class of each row, by rising bin.</summary>
        Span<ushort> Sort(int column, Span<int> rows)
        {
            var keys = _keys.AsSpan(0, rows.Length);
            var values = columns.Column(column);
            if (rows.Length <= Few)
            {
                for (var i = 0; i < rows.Length; i++)
                {
                    var key = (ushort)((values[rows[i]] << 8) | labels[rows[i]]);
                    var j = i;
                    for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
                    keys[j] = key;
                }

                return keys;
            }

            var starts = _starts.AsSpan(0, columns.Bins(column) + 1);
            starts.Clear();
            for (var i = 0; i < rows.Length; i++)
            {
                var bin = values[rows[i]];
                keys[i] = (ushort)((bin << 8) | labels[rows[i]]);
                starts[bin + 1]++;
            }

            for (var bin = 1; bin < starts.Length; bin++) starts[bin] += starts[bin - 1];
            var sorted = _sorted.AsSpan(0, rows.Length);
            foreach (var key in keys) sorted[starts[key >> 8]++] = key;
            return sorted;
        }
    }
}
