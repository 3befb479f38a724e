using Mlds.Analysis.Data;
using Mlds.Analysis.Results;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Questions;

/// <summary>
/// Do the networks of a changed machine come from another distribution than those of the original? A permutation test, by view, on finished
/// networks; and of modified against control. Labels are permuted within seeds: under the null hypothesis twins may be swapped.
/// </summary>
static class Divergence
{
    const int Permutations = 1999;

    static readonly Asked s_asked = new(
        "divergence",
        "Do networks of a changed machine come from another distribution?",
        "Energy distance (Székely and Rizzo 2013) between as many networks of both forms, columns standardised over both except "
        + "in the views whose columns share a scale (raw, reduced, aligned, behaviour); p-value of a permutation test in which the labels "
        + "are permuted within seeds, so that twins are swapped: (1 + permutations with at least the statistic) / (1 + permutations). "
        + "Adjusted by Holm's method over all tests in the same view: views are instruments of which the headline's is chosen beforehand. "
        + "With few seeds a p-value can't be small: n seeds give at least 2 in 2ⁿ.");

    static readonly Contrast[] s_contrasts = [Contrast.ModifiedOrOriginal, Contrast.OriginalOrControl, Contrast.ModifiedOrControl];

    internal static Question Question => new("Divergence", s_asked, AppliesTo, Ask)
    {
        Work = work =>
        {
            var networks = 2 * work.PerClass(work.Ceilings.OfTests, 2);
            return s_contrasts.Sum(work.Cases) * (work.Pairs(networks) + (work.Views * Permutations * networks * networks / 1.5e9));
        },
    };

    static string? AppliesTo(WeightMatrix population) =>
        s_contrasts.Any(contrast => contrast.AppliesTo(population) is null) ? null : "No machine has two forms.";

    static QuestionResult Ask(QuestionContext context)
    {
        var cases = s_contrasts
            .SelectMany(contrast => contrast.Cases(context, context.Ceilings.OfTests).Cases.Select(one => (contrast, one))).ToArray();
        var jobs = cases
            .SelectMany(pair => Enumerable.Range(0, context.Features.Count).Select(view => (pair.contrast, pair.one, view))).ToArray();
        if (jobs.Length == 0) return s_asked.Skip("No machine has two forms with enough converged networks.");
        var tests = context.ByView(jobs, job => job.view, job => Test(context, job.contrast, job.one, job.view));
        var found = tests.GroupBy(test => test.View).SelectMany(view =>
        {
            var adjusted = MultipleComparisons.Holm([.. view.Select(test => test.PValue)]);
            return view.Select((test, i) => test with { Adjusted = adjusted[i] });
        }).ToArray();
        return s_asked.Answer(
            Answer(found), [.. cases.Select(pair => pair.one.Selection.Sample).OfType<string>().Distinct()], []) with
        {
            Significances = found,
        };
    }

    static Significance Test(QuestionContext context, Contrast contrast, ContrastCase one, int view)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var features = context.Features[view].Select(one.Rows);
        if (context.Options.Views[view].Standardized) features = Standardizer.Fit(features).Transform(features);
        var blocks = Array.ConvertAll(one.Selection.Seeds(context), seed => (int)seed);
        var test = EnergyDistance.Test(features, one.Positive, new PermutationOptions(Permutations, context.Options.Seed, blocks));
        return new Significance(
            $"{one.Subject}: {contrast.Id.Replace('_', ' ')}", context.Options.Views[view].Name, "energy_distance",
            test.Statistic, test.PValue, test.PValue, test.Permutations, one.Rows.Length);
    }

    static string Answer(IReadOnlyList<Significance> tests)
    {
        var views = tests.GroupBy(test => test.View)
            .Select(view => $"{view.Count(test => test.Adjusted <= 0.05)} of {view.Count()} in the view {view.Key}").ToArray();
        return $"After Holm's correction over the tests of a view the two forms differ at the 5 % level in {Words.List(views)}.";
    }
}
