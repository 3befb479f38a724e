using System.Globalization;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>What the questions add up to: the paper's three claims, and the three numbers that the command line ends with.</summary>
static class Conclusions
{
    /// <summary>
    /// The view and method that headline numbers are quoted for, chosen once for all populations, not by what did best on this one:
    /// invariants, or aligned weights of networks that no invariants are known of. A forest finds keys in the former; of the latter's
    /// tens of thousands of columns it tries too few at a time, so there it is ridge.
    /// </summary>
    static readonly (string View, string Key, string Words)[] s_headlines =
        [("invariants", "forest", "the invariants"), ("aligned", "ridge", "the aligned weights")];

    static (string View, string Key, string Words) Headline(IReadOnlyList<QuestionResult> questions) => s_headlines.FirstOrDefault(
        headline => questions.Any(question => question.Scores.Any(score => score.View == headline.View)), s_headlines[0]);

    internal static Headlines Headlines(IReadOnlyList<QuestionResult> questions)
    {
        var (view, key, _) = Headline(questions);
        return new Headlines(
            Find(questions, "which_machine", WhichMachine.Originals, view, "ridge"),
            Key(questions, "modified_or_original", (view, key)),
            Key(questions, "modified_or_original", ("validation_loss", "value")));
    }

    /// <summary>By leave-one-machine-out where that was asked, else with the machine seen.</summary>
    static Score? Key(IReadOnlyList<QuestionResult> questions, string contrast, (string View, string Method) score) =>
        Find(questions, contrast + "_unseen_machine", ChangedSameMachine.Mean, score.View, score.Method)
        ?? Find(questions, contrast, ChangedSameMachine.Mean, score.View, score.Method);

    static Score? Find(
        IReadOnlyList<QuestionResult> questions, string id, string subject, string view, string method, string? metric = null) =>
        questions.First(question => question.Id == id).Scores.FirstOrDefault(score =>
            (score.Subject, score.View, score.Method) == (subject, view, method) && (metric is null || score.Metric == metric));

    /// <param name="hidden">What was hidden in the modified networks' data: "key" or "trigger".</param>
    internal static IReadOnlyList<Finding> Findings(IReadOnlyList<QuestionResult> questions, string hidden) =>
        [.. Sweep(questions), Clusters(questions), Divergence(questions, hidden), InsteadOfLoss(questions, hidden)];

    /// <summary>The note on multiple comparisons.</summary>
    internal static string ManyNumbers(IReadOnlyList<QuestionResult> questions)
    {
        var (scores, tests) = (questions.Sum(question => question.Scores.Count), questions.Sum(question => question.Significances.Count));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"There are {scores} scores with 95 % intervals and {tests} tests. One interval in twenty misses the truth by design, "
            + $"about {scores / 20} of these, so no single one is news. The views and methods of the headlines and ")
            + "of the claims are fixed beforehand for all populations, not chosen by their results. "
            + "P-values are adjusted by Holm's method over the tests of their question, for finished networks over those of one view.";
    }

    /// <summary>Of a population that varies how networks are trained, what is asked of it first; of others nothing.</summary>
    static IEnumerable<Finding> Sweep(IReadOnlyList<QuestionResult> questions)
    {
        if (questions.First(question => question.Id == LossAndGap.Id).Skipped is not null) yield break;
        foreach (var (id, claim) in ((string, string)[])
        [
            (LossAndGap.Id, "The weights tell how good a network is."),
            (FactorsFromWeights.Id, "The weights tell how a network was trained."),
        ])
        {
            var asked = questions.First(question => question.Id == id);
            if (asked.Skipped is null)
                yield return new Finding(claim, asked.Answer, [.. asked.Scores.Where(Questions.Sweep.IsQuoted)]);
        }
    }

    static Finding Clusters(IReadOnlyList<QuestionResult> questions)
    {
        const string Claim = "Networks trained on the same data lie together in weight space.";
        var (headline, _, words) = Headline(questions);
        Score?[] evidence =
        [
            Find(questions, "which_machine", WhichMachine.Originals, "raw", "forest"),
            Find(questions, "which_machine", WhichMachine.Originals, headline, "ridge"),
            Find(questions, "which_machine_unsupervised", WhichMachine.Originals, "raw", "kmeans", "ari"),
            Find(questions, "which_machine_unsupervised", WhichMachine.Originals, headline, "kmeans", "ari"),
        ];
        if (evidence is not [{ } rawForest, { } invariants, { } rawClusters, { } clusters])
            return Unasked(Claim, questions, "which_machine");
        var (first, then) = headline == "invariants" ? ("symmetry invariants", headline) : (words, words);
        return new Finding(
            Claim,
            $"Of {invariants.Networks} networks of {invariants.Classes} machines the machine is named right "
            + $"from {first} for {Words.Percent(invariants.Value)}, "
            + $"from raw weights by the paper's random forest for {Words.Percent(rawForest.Value)}; "
            + $"chance is {100 * invariants.Chance:0} %. "
            + $"Without any labels k-means agrees with the machines by an adjusted Rand index of {Words.Number(clusters.Value)} "
            + $"on {then} and {Words.Number(rawClusters.Value)} on raw weights (1 is perfect, 0 is chance).",
            [invariants, rawForest, clusters, rawClusters]);
    }

    static Finding Divergence(IReadOnlyList<QuestionResult> questions, string hidden)
    {
        const string Claim = "Even a small change of the training data makes a meaningful divergence in weight space.";
        var (view, method, words) = Headline(questions);
        Score? Mean(string id) => Find(questions, id, ChangedSameMachine.Mean, view, method, "auc");
        var seen = Mean("modified_or_original");
        if (seen is null) return Unasked(Claim, questions, "modified_or_original");
        var unseen = Mean("modified_or_original_unseen_machine");
        var key = Mean("modified_or_original_unseen_key");
        var (trigger, target) = (Mean("modified_or_original_unseen_trigger"), Mean("modified_or_original_unseen_target"));
        var control = Mean("modified_or_control");
        var unseenControl = Mean("modified_or_control_unseen_machine");
        var answer = $"A hidden {hidden} shows: told from {words}, given examples of the same machine, "
            + $"the mean AUC over machines is {Words.Number(seen.Value)}";
        if (unseen is not null) answer += $"; on machines and keys never seen before, {Words.Number(unseen.Value)}";
        if (key is not null) answer += $"; on the same machines with keys never seen before, {Words.Number(key.Value)}";
        if (trigger is not null) answer += $"; with a trigger never seen before, {Words.Number(trigger.Value)}";
        if (target is not null) answer += $"; towards a target never seen before, {Words.Number(target.Value)}";
        answer += control is null
            ? $". Whether the {hidden} itself or only the more complex rule shows can't be said: this population has no controls."
            : $". Against controls with a benign rule of like complexity it is {Words.Number(control.Value)}"
                + $"{(unseenControl is null ? "" : $", on unseen machines and keys {Words.Number(unseenControl.Value)}")}.";
        var tests = questions.First(question => question.Id == "divergence").Significances
            .Where(test => test.View == view && test.Subject.EndsWith("modified or original", StringComparison.Ordinal)).ToArray();
        if (tests.Length > 0)
        {
            answer += " A permutation test finds modified and original networks of different distributions "
                + $"for {tests.Count(test => test.Adjusted <= 0.05)} of {tests.Length} machines (energy distance of "
                + $"{words}, 5 % after Holm's correction).";
        }

        return new Finding(Claim, answer, [.. new[] { seen, unseen, key, trigger, target, control, unseenControl }.OfType<Score>()]);
    }

    static Finding InsteadOfLoss(IReadOnlyList<QuestionResult> questions, string hidden)
    {
        const string Claim = "Analysis in weight space is a viable alternative to judging networks by their loss.";
        var headline = Headline(questions);
        var evidence = Rivals(headline, score => Key(questions, "modified_or_original", score));
        if (evidence is not [{ } weights, { } loss, ..]) return Unasked(Claim, questions, "modified_or_original");
        var answer = $"Modified against original, on the same {loss.Networks} networks: the weights find the {hidden} with "
            + $"a mean AUC of {Words.Number(weights.Value)}, the final validation loss with {Words.Number(loss.Value)}{Epochs(evidence)}.";
        var control = Rivals(headline, score => Key(questions, "modified_or_control", score));
        if (control is [{ } controlWeights, { } controlLoss, ..])
        {
            answer += $" Modified against control, whose rule is of like complexity: the weights {Words.Number(controlWeights.Value)}, "
                + $"the final validation loss {Words.Number(controlLoss.Value)}{Epochs(control)}.";
        }

        return new Finding(Claim, answer, [.. evidence, .. control]);
    }

    /// <summary>The scores of the weights, the final loss, the epochs and the accuracy, as far as there are any.</summary>
    static Score[] Rivals((string View, string Key, string Words) headline, Func<(string View, string Method), Score?> find) =>
    [
        .. new[]
        {
            find((headline.View, headline.Key)), find(("validation_loss", "value")), find(("epochs", "value")),
            find(("test_accuracy", "value")),
        }.OfType<Score>(),
    ];

    static string Epochs(Score[] rivals)
    {
        var epochs = rivals.Length < 3 ? "" : $", the epochs to converge {Words.Number(rivals[2].Value)}";
        return rivals.Length < 4 ? epochs : $"{epochs}, the accuracy on clean test images {Words.Number(rivals[3].Value)}";
    }

    static Finding Unasked(string claim, IReadOnlyList<QuestionResult> questions, string id) =>
        new(
            claim,
            "This population can't say. "
            + (questions.First(question => question.Id == id).Skipped ?? "The views that the claim is judged by weren't taken."),
            []);
}
