using Mlds.Analysis.Classification;
using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Foreign;

/// <summary>Is a network's nearest neighbour like it, and is any network there twice?</summary>
sealed class NearestNetworks : ForeignQuestion
{
    internal const string Id = "nearest_neighbours";

    /// <summary>Each is compared with all others.</summary>
    const int MostCompared = 5_000;

    const int MostNeighbours = 24;
    const string Method = "nearest";

    static readonly Asked s_asked = new(
        Id,
        "Is a network's nearest neighbour like it, and is any network there twice?",
        "Euclidean distance, columns standardised over all networks except in the views whose columns share a scale (raw, reduced, "
        + $"aligned); of more than {MostCompared:N0} networks as many, evenly thinned, as each is compared with all. For each label, over "
        + "the networks that have it, the nearest neighbour of another group among the nearest 24. Texts: how often it has the same value, "
        + "with Wilson's interval; guessing is how often two networks drawn at random have. Numbers: Spearman's rank correlation with the "
        + "neighbour's, with a percentile bootstrap over groups. Duplicates, among all networks: equal weights by SHA-256; and, where it "
        + "is known what may be changed of a network, canonical forms (units scaled, ordered, signed by a rule) that differ by less than "
        + "1e-5 of their length.");

    readonly ForeignContext _context;
    readonly int[] _rows;

    internal NearestNetworks(ForeignContext context)
        : base("Nearest neighbours", s_asked) =>
        (_context, _rows) = (context, Regressions.Thinned([.. Enumerable.Range(0, context.Zoo.Networks)], MostCompared));

    internal override string? Lack => null;

    internal override double Work(double columns) => Workload.Pairs(_rows.Length, columns);

    /// <summary>Duplicates are looked for in the weights.</summary>
    internal override ForeignPart WithoutViews() => new() { Tallies = Duplicates() };

    internal override ForeignPart Ask(ForeignView view, FeatureMatrix features, ForeignPart without)
    {
        _context.Step();
        var few = features.Select(_rows);
        if (view.Standardized) few = Standardizer.Fit(few).Transform(few);
        var neighbours = NearestNeighbours.Of(few, Math.Min(MostNeighbours, few.Rows - 1)).Indices;
        var scores = new List<Score>();
        foreach (var label in _context.Zoo.Labels)
        {
            // Where in the label's own lists the networks that are compared stand; −1 for one without a value.
            var places = new int[_context.Zoo.Networks];
            Array.Fill(places, -1);
            for (var i = 0; i < label.Rows.Length; i++) places[label.Rows[i]] = i;
            int Place(int row) => places[_rows[row]];
            int Group(int row) => _context.Zoo.Grouping.Of[_rows[row]];
            var nearest = Enumerable.Range(0, _rows.Length).Select(row => Place(row) < 0
                ? -1
                : neighbours[row].Where(other => Group(other) != Group(row) && Place(other) >= 0).FirstOrDefault(-1)).ToArray();
            var asked = CrossValidation.Where(nearest, other => other >= 0);
            if (asked.Length < ForeignZoo.LeastOfLabel) continue;
            scores.Add(Score(
                label, view.Name, Array.ConvertAll(asked, Place), Array.ConvertAll(asked, row => Place(nearest[row])),
                Array.ConvertAll(asked, Group)));
        }

        return new ForeignPart { Scores = scores };
    }

    Score Score(LabelColumn label, string view, int[] own, int[] near, int[] groups)
    {
        if (label.IsText)
        {
            var same = own.Zip(near, (mine, other) => label.Classes[mine] == label.Classes[other]).ToArray();
            var chance = own.CountBy(i => label.Classes[i]).Sum(pair => Math.Pow((double)pair.Value / own.Length, 2));
            return new Score(
                label.Name, view, Method, "accuracy", _context.Share(same, groups), chance, own.Length, label.ClassNames.Count,
                own.Length / label.ClassNames.Count, null, null);
        }

        return new Score(
            label.Name, view, Method, "rank_correlation",
            _context.Agreement(
                Fit.Spearman, Array.ConvertAll(own, i => label.Numbers[i]), Array.ConvertAll(near, i => label.Numbers[i]), groups),
            0, own.Length, 1, own.Length, null, null);
    }

    internal override QuestionResult Answer(ForeignPart without, IReadOnlyList<ForeignPart> parts)
    {
        var scores = InOrder(parts, _context.Zoo.Labels);
        var quoted = Quoted(scores).Select(score => score.Metric == "accuracy"
            ? $"It has the same {score.Subject} for {Words.Percent(score.Value)} in the view {score.View}, where chance gives "
                + $"{Words.Number(score.Chance)}."
            : $"Its {score.Subject} goes with the network's own by a rank correlation of {Words.Number(score.Value)} in the view "
                + $"{score.View}.");
        var twice = string.Join(", ", without.Tallies.Select(tally => $"{tally.Count} of {tally.Of} {tally.What}"));
        return s_asked.Answer($"{string.Join(" ", quoted)} Duplicates: {twice}.", LeftOut(), scores) with
        {
            Tallies = without.Tallies,
        };
    }

    string[] LeftOut() => _rows.Length == _context.Zoo.Networks
        ? []
        : [$"{_context.Zoo.Networks - _rows.Length} of {_context.Zoo.Networks} networks, evenly thinned: each is compared with all."];

    Tally[] Duplicates()
    {
        var zoo = _context.Zoo;
        var equal = Enumerable.Range(0, zoo.Networks).GroupBy(row => zoo.Hashes[row]).Where(group => group.Count() > 1).ToArray();
        var bitwise = new Tally(
            "all", "networks whose weights another one has too, to the bit", equal.Sum(group => group.Count()), zoo.Networks,
            string.Join("; ", equal.Take(5).Select(group => string.Join(" = ", group.Take(5).Select(row => $"row {zoo.Rows[row]}")))));
        if (zoo.Symmetries is null) return [bitwise];
        var same = SameUpToSymmetry.Of(zoo.Matrix, zoo.Symmetries, _context.Cancellation);
        return
        [
            bitwise,
            new Tally(
                "all", "networks that are another one up to a symmetry",
                same.SelectMany(pair => new[] { pair.A, pair.B }).Distinct().Count(), zoo.Networks,
                string.Join("; ", same.Take(5).Select(pair => $"row {zoo.Rows[pair.A]} = row {zoo.Rows[pair.B]}"))),
        ];
    }
}
