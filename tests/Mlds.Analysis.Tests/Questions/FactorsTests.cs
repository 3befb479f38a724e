using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Recipes;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Questions go by what the population's factors say of a machine, whatever it is called.</summary>
public sealed class FactorsTests
{
    static readonly RecurrentSpec s_spec = new(4, 5, 2, [5, 3], Activation.None);

    static readonly AnalysisOptions s_quick = new()
    {
        Trees = 10,
        CurveRepetitions = 1,
        RidgeShuffles = 1,
        ExactPerMachine = 1,
        Views = [View.Raw, View.Invariants],
    };

    static readonly string[] s_names = ["AlphaMachine", "AlphaModified", "AlphaControl", "BetaMachine", "BetaModified", "BetaControl"];

    static AnalysisResult Analyse(WeightMatrix matrix) =>
        WeightAnalysis.Run(matrix, s_quick, cancellation: TestContext.Current.CancellationToken);

    static WeightMatrix Relabelled(WeightMatrix matrix, Func<MachineLabel, MachineLabel> label) => new(
        matrix.Name, "matrix", [.. Enumerable.Range(0, matrix.Networks).SelectMany(row => matrix.Row(row).ToArray())], matrix.Layout,
        [.. matrix.Labels.Select(network => network with { Machine = label(network.Machine) })]);

    static MachineLabel Declared(string name, string family, Variant variant, string key = "", double rate = 0) =>
        new(name, family, variant, key)
        {
            Factors =
            [
                new("family", FactorValue.Of(family)), new("key", FactorValue.Of(key)), new("rate", FactorValue.Of(rate)),
                new("variant", FactorValue.Of(VariantName.Of(variant))),
            ],
        };

    static string[] Compared(Contrast contrast, MachineLabel[] machines) =>
        [.. contrast.Pairs(machines).Select(pair => $"{pair.Positive.Name}-{pair.Negative?.Name}")];

    [Fact]
    public void Machines_with_names_that_mean_nothing_get_the_scores_that_telling_names_get()
    {
        var telling = Networks.Population(s_spec, s_names, 12);
        string Name(MachineLabel machine) => $"foo{Array.IndexOf(s_names, machine.Name)}";
        var meaningless = Relabelled(telling, machine => Declared(Name(machine), machine.Family, machine.Variant));
        var (expected, found) = (Analyse(telling), Analyse(meaningless));
        foreach (var (one, other) in expected.Questions.Zip(found.Questions))
        {
            Assert.Equal((one.Id, one.Skipped), (other.Id, other.Skipped));
            Assert.Equal(
                one.Scores.Select(score => (score.View, score.Method, score.Metric, score.Value, score.Networks)),
                other.Scores.Select(score => (score.View, score.Method, score.Metric, score.Value, score.Networks)));
        }

        Assert.Contains(found.Questions.Single(question => question.Id == "modified_or_original").Scores, score => score.Subject == "Beta");
        Assert.Equal(expected.Headlines.KeyFromWeights!.Value, found.Headlines.KeyFromWeights!.Value);
        Assert.Equal([.. VariantName.All, .. VariantName.All], found.Population.Machines.Select(machine => machine.Variant));
        Assert.Equal("modified", found.Population.Machines[1].Factors!["variant"]);
        Assert.Null(expected.Population.Machines[1].Factors);
    }

    /// <summary>Names that suggest something else are ignored.</summary>
    [Fact]
    public void Names_that_sound_like_variants_mean_nothing_where_factors_are_declared()
    {
        var networks = Networks.Population(s_spec, s_names, 4);
        var result = Analyse(Relabelled(networks, machine => Declared(machine.Name, machine.Name, Variant.Original)));
        string Skipped(string id) => result.Questions.Single(question => question.Id == id).Skipped!;
        Assert.Equal("No machine has both its modified and its original form.", Skipped("modified_or_original"));
        Assert.Equal("No machine has two forms.", Skipped("divergence"));
        Assert.Equal("No machine has both its original and a changed form.", Skipped("twins_distance"));
        Assert.Equal("No machine has both its original and a changed form.", Skipped("twins_divergence"));
    }

    [Fact]
    public void A_question_that_applies_but_lacks_networks_says_that_instead()
    {
        var result = Analyse(Networks.Population(s_spec, s_names[..2], 4));
        var asked = result.Questions.Single(question => question.Id == "modified_or_original");
        Assert.Equal("No machine has both its modified and its original form with enough converged networks.", asked.Skipped);
        Assert.NotEmpty(asked.LeftOut);
    }

    [Fact]
    public void A_changed_machine_is_compared_with_the_original_that_agrees_with_it_in_most_else()
    {
        MachineLabel[] machines =
        [
            Declared("a", "F", Variant.Original, rate: 0.1), Declared("b", "F", Variant.Original, rate: 0.01),
            Declared("c", "F", Variant.Modified, rate: 0.1), Declared("d", "F", Variant.Modified, rate: 0.01),
            Declared("e", "F", Variant.Control, rate: 0.2), Declared("f", "G", Variant.Original, rate: 0.01),
        ];
        Assert.Equal(["c-a", "d-b"], Compared(Contrast.ModifiedOrOriginal, machines));
        Assert.Equal(["c-e", "d-e"], Compared(Contrast.ModifiedOrControl, machines));
        Assert.Equal(["rate (0.1, not 0.2)"], machines[2].Differences(machines[4]));

        // A key's control is that of the same key; an original without any serves for all keys.
        MachineLabel[] keyed =
        [
            Declared("a", "F", Variant.Original), Declared("b", "F", Variant.Modified, "1"), Declared("c", "F", Variant.Modified, "2"),
            Declared("d", "F", Variant.Control, "2"),
        ];
        Assert.Equal(["b-a", "c-a"], Compared(Contrast.ModifiedOrOriginal, keyed));
        Assert.Equal(["b-", "c-d"], Compared(Contrast.ModifiedOrControl, keyed));
    }

    [Fact]
    public void Machines_of_one_family_and_key_are_told_apart_by_the_factor_in_which_they_differ()
    {
        string[] names = ["AMachine", "AModified", "BMachine", "BModified"];
        double[] rates = [0.1, 0.1, 0.01, 0.01];
        var matrix = Relabelled(
            Networks.Population(s_spec, names, 12),
            machine => Declared(machine.Name, "F", machine.Variant, rate: rates[Array.IndexOf(names, machine.Name)]));
        var result = Analyse(matrix).Questions.Single(question => question.Id == "modified_or_original");
        Assert.Equal(["F, rate 0.1", "F, rate 0.01", "mean over machines"], result.Scores.Select(score => score.Subject).Distinct());
        Assert.DoesNotContain(result.LeftOut, sentence => sentence.Contains("although", StringComparison.Ordinal));
    }
}
