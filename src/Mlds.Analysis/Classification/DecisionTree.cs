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
        var drawn = new ushort[columns.Rows];
        for (var i = 0; i < drawn.Length; i++) drawn[random.Next(drawn.Length)]++;
        var tree = new DecisionTree();
        int[] rows = [.. Enumerable.Range(0, drawn.Length).Where(row => drawn[row] > 0)];
        new Growth(tree, columns, labels, drawn, classes, tried, random).Split(rows);
        return tree;
    }

    /// <summary>The working memory of one tree's growth.</summary>
    /// <param name="drawn">How often the bootstrap drew each row.</param>
    sealed class Growth(
        DecisionTree tree, BinnedColumns columns, int[] labels, ushort[] drawn, int classes, int tried, SeededRandom random)
    {
        /// <summary>Up to this many rows are sorted by insertion.</summary>
        const int Few = 12;

        readonly int[] _order = [.. Enumerable.Range(0, columns.Columns)];

        /// <summary>Of each row of the node that is being split: its class, 2¹⁶ times, and how often it was drawn.</summary>
        readonly uint[] _tags = new uint[columns.Rows];
        readonly byte[] _bins = new byte[columns.Rows];
        readonly uint[] _keys = new uint[columns.Rows];
        readonly uint[] _sorted = new uint[columns.Rows];
        readonly int[] _starts = new int[257];
        readonly int[] _counts = new int[256 * classes];
        readonly int[] _all = new int[classes];
        readonly int[] _left = new int[classes];

        /// <summary>Rows drawn that are in the node that is being split.</summary>
        int _total;

        /// <summary>Adds the node for <paramref name="rows"/>, each once, and all below it; returns its number.</summary>
        internal int Split(Span<int> rows)
        {
            var number = tree._nodes.Count;
            tree._nodes.Add(default);
            Array.Clear(_all);
            foreach (var row in rows) _all[labels[row]] += drawn[row];
            _total = _all.Sum();
            var (column, bin) = _all.Max() == _total ? (-1, 0) : Best(rows);
            if (column < 0)
            {
                tree._nodes[number] = new Node(-1, 0, tree._shares.Count, 0);
                for (var k = 0; k < classes; k++) tree._shares.Add((float)_all[k] / _total);
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
            for (var i = 0; i < rows.Length; i++) _tags[i] = ((uint)labels[rows[i]] << 16) | drawn[rows[i]];
            for (var draw = 0; draw < _order.Length && (draw < tried || column < 0); draw++)
            {
                var swap = draw + random.Next(_order.Length - draw);
                (_order[draw], _order[swap]) = (_order[swap], _order[draw]);

                // After a split whose two sides are pure none is better; but as many columns are drawn, so that the next node has its own.
                if (quality >= _total) continue;
                var (candidate, gain) = BestBin(_order[draw], rows, squares);
                if (gain > quality) (column, bin, quality) = (_order[draw], candidate, gain);
            }

            return (column, bin);
        }

        /// <summary>
        /// The bin after which a split is purest. Minimising the Gini impurity is maximising Σ L_k²/L + Σ R_k²/R; moving w rows of class k
        /// from right to left changes these sums by w (2 L_k + w) and w (w − 2 R_k), so that a column costs one pass over its bins and
        /// classes, or over its rows where those are fewer.
        /// </summary>
        /// <param name="squares">Σ R_k² with all rows on the right.</param>
        (int Bin, double Quality) BestBin(int column, Span<int> rows, long squares) =>
            2 * rows.Length > columns.Bins(column) * classes ? BestOfCounts(column, rows, squares) : BestOfSorted(column, rows, squares);

        (int Bin, double Quality) BestOfCounts(int column, Span<int> rows, long rightSquares)
        {
            var counts = _counts.AsSpan(0, columns.Bins(column) * classes);
            counts.Clear();
            var bins = _bins.AsSpan(0, rows.Length);
            columns.Gather(column, rows, bins);
            var tags = _tags.AsSpan(0, rows.Length);
            for (var i = 0; i < bins.Length; i++) counts[(bins[i] * classes) + (int)(tags[i] >> 16)] += (ushort)tags[i];
            Array.Clear(_left);
            long leftSquares = 0;
            var (best, quality, moved) = (0, double.NegativeInfinity, 0);
            for (var bin = 0; moved < _total; bin++)
            {
                var before = moved;
                var own = counts.Slice(bin * classes, classes);
                for (var k = 0; k < own.Length; k++)
                {
                    long count = own[k], left = _left[k];
                    leftSquares += count * ((2 * left) + count);
                    rightSquares += count * (count - (2 * (_all[k] - left)));
                    _left[k] += own[k];
                    moved += own[k];
                }

                if (moved == before || moved == _total) continue;
                var candidate = ((double)leftSquares / moved) + ((double)rightSquares / (_total - moved));
                if (candidate > quality) (best, quality) = (bin, candidate);
            }

            return (best, quality);
        }

        (int Bin, double Quality) BestOfSorted(int column, Span<int> rows, long rightSquares)
        {
            var sorted = Sort(column, rows);
            if (sorted[0] >> 24 == sorted[^1] >> 24) return (0, double.NegativeInfinity);
            Array.Clear(_left);
            long leftSquares = 0;
            var (best, quality, moved) = (0, double.NegativeInfinity, 0);
            for (var i = 0; i + 1 < sorted.Length; i++)
            {
                var (label, count) = ((byte)(sorted[i] >> 16), (ushort)sorted[i]);
                long left = _left[label];
                leftSquares += count * ((2 * left) + count);
                rightSquares += count * (count - (2 * (_all[label] - left)));
                _left[label] += count;
                moved += count;
                if (sorted[i] >> 24 == sorted[i + 1] >> 24) continue;
                var candidate = ((double)leftSquares / moved) + ((double)rightSquares / (_total - moved));
                if (candidate > quality) (best, quality) = ((int)(sorted[i] >> 24), candidate);
            }

            return (best, quality);
        }

        /// <summary>2²⁴ · bin + 2¹⁶ · class + times drawn of each row, by rising bin.</summary>
        Span<uint> Sort(int column, Span<int> rows)
        {
            var keys = _keys.AsSpan(0, rows.Length);
            var bins = _bins.AsSpan(0, rows.Length);
            columns.Gather(column, rows, bins);
            if (rows.Length <= Few)
            {
                for (var i = 0; i < rows.Length; i++)
                {
                    var key = ((uint)bins[i] << 24) | _tags[i];
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
                keys[i] = ((uint)bins[i] << 24) | _tags[i];
                starts[bins[i] + 1]++;
            }

            for (var bin = 1; bin < starts.Length; bin++) starts[bin] += starts[bin - 1];
            var sorted = _sorted.AsSpan(0, rows.Length);
            foreach (var key in keys) sorted[starts[(int)(key >> 24)]++] = key;
            return sorted;
        }
    }
}
