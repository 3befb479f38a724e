using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Symmetry;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;
using Mlds.Tasks.Machines;
using Mlds.Training;

namespace Mlds.Analysis.Tests.Questions;

/// <summary>Populations of many machines whose weights do, or don't, depend on what the machines are.</summary>
public sealed class ManyMachinesTests
{
    const int Machines = 30;
    const int Seeds = 6;

    static readonly RecurrentSpec s_spec = new(3, 5, 2, [5, 2], Activation.None);

    static readonly AnalysisOptions s_quick =
        new() { Trees = 20, CurveRepetitions = 1, RidgeShuffles = 2, MantelPermutations = 199, Views = [View.Raw, View.Statistics] };

    static readonly Lazy<WeightMatrix> s_planted = new(() => Population(Planted.Behaviour));
    static readonly Lazy<WeightMatrix> s_unrelated = new(() => Population(Planted.Nothing));

    /// <summary>What the centres of the machines' networks depend on.</summary>
    enum Planted
    {
        Nothing,
        Behaviour,
        States,
    }

    static string Name(int machine) => $"Automaton{machine:00}Machine";

    /// <summary>2 to 6 states, three symbols, two lines.</summary>
    static AutomatonDefinition Draw(int machine)
    {
        var random = new SeededRandom(11, SeededRandom.Stream("automaton", machine));
        var states = 2 + (machine % 5);
        var next = Enumerable.Range(0, states).Select(_ => Enumerable.Range(0, 3).Select(_ => random.Next(states)).ToArray()).ToArray();
        return new AutomatonDefinition(
            3, 2, 0, next, [.. Enumerable.Range(0, states).Select(state => (uint)(state % 4))]);
    }

    /// <summary>
    /// A network is its machine's centre and noise. A centre is a random linear image of what the machine answers to fixed words, so that
    /// machines alike have centres alike; or of its states; or drawn by itself.
    /// </summary>
    static WeightMatrix Population(Planted planted, int machines = Machines, int seeds = Seeds, int dropped = 0)
    {
        var layout = s_spec.Layout;
        var built = Enumerable.Range(0, machines).Select(machine => Draw(machine).Build()).ToArray();
        var numbers = built.Select(machine => planted == Planted.States ? [((Automaton)machine).States] : Answers(machine)).ToArray();
        var image = numbers[0].Select((_, i) => Networks.Random(layout, new SeededRandom(5, (ulong)i), 0.1)).ToArray();
        var weights = new List<float>();
        var labels = new List<NetworkLabel>();
        for (var machine = 0; machine < machines; machine++)
        {
            var centre = Networks.Random(layout, new SeededRandom(6, (ulong)machine));
            if (planted != Planted.Nothing)
            {
                Array.Clear(centre);
                for (var i = 0; i < image.Length; i++)
                    for (var p = 0; p < centre.Length; p++) centre[p] += (float)(numbers[machine][i] * image[i][p]);
            }

            for (uint seed = 0; seed < seeds - (machine == 0 ? dropped : 0); seed++)
            {
                var random = new SeededRandom(9, SeededRandom.Stream(Name(machine), (int)seed));
                float[] network = [.. centre.Select(w => (float)(w + (0.1 * random.NextNormal())))];
                weights.AddRange(network);
                labels.Add(new NetworkLabel(
                    $"{machine:x4}{seed:x4}", Networks.Named(Name(machine)), seed, Outcome.Converged, 3 + random.Next(10),
                    1e-4 * random.NextDouble(), 0.01, 2e-4, WeightsHash.Of(network), null));
            }
        }

        return new WeightMatrix("many", "matrix", [.. weights], layout, labels)
        {
            Machines = Enumerable.Range(0, machines).ToDictionary(
                Name, machine => new LearnedMachine(built[machine], new DataSpec(1, 64, 16, 8, 2, 16, null))),
        };
    }

    /// <summary>±½ for each answered bit of twelve words of 24 symbols.</summary>
    static double[] Answers(IMachine machine)
    {
        var random = new SeededRandom(21);
        var answers = new List<double>();
        for (var word = 0; word < 12; word++)
        {
            var state = machine.Start;
            for (var t = 0; t < 24; t++)
            {
                state = machine.Next(state, random.Next(3));
                for (var line = 0; line < 2; line++) answers.Add((machine.Read(state) >> line & 1) == 1 ? 0.5 : -0.5);
            }
        }

        return [.. answers];
    }

    static QuestionResult Answer(Question question, WeightMatrix matrix) =>
        question.Of(matrix, new QuestionContext(matrix, WeightAnalysis.Used(matrix), s_quick, TestContext.Current.CancellationToken));

    static Score Find(QuestionResult result, string view, string method, string metric) =>
        result.Scores.First(score => (score.View, score.Method, score.Metric) == (view, method, metric));

    [Fact]
    public void Many_machines_are_named_and_the_right_one_is_among_the_first_five_at_least_as_often()
    {
        var result = Answer(WhichMachine.Question, s_unrelated.Value);
        Assert.InRange(Find(result, "raw", "ridge", "accuracy").Value.Value, 0.95, 1);
        foreach (var first in result.Scores.Where(score => score.Metric == "accuracy"))
        {
            var top = Find(result, first.View, first.Method, "top5_accuracy");
            Assert.Equal((1.0 / Machines, 5.0 / Machines), (first.Chance, top.Chance));
            Assert.True(top.Value.Value >= first.Value.Value && top.Shuffled!.Value.Value >= first.Shuffled!.Value.Value);
            Assert.True(top.MetadataOnly!.Value.Value >= first.MetadataOnly!.Value.Value);
            Assert.InRange(first.Shuffled.Value.Value, 0, 0.12);
            Assert.InRange(top.Shuffled.Value.Value, 0.06, 0.3);
        }

        foreach (var curve in result.Curves.Where(curve => curve.YLabel == "accuracy"))
        {
            var top = result.Curves.Single(other => (other.Name, other.YLabel) == (curve.Name, "top-5 accuracy"));
            Assert.Equal([1, 2, 4], curve.Points.Select(point => point.X));
            Assert.All(curve.Points.Zip(top.Points), pair => Assert.True(pair.Second.Y.Value >= pair.First.Y.Value));
        }

        Assert.Contains("among the first five", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Four_networks_of_each_of_many_machines_suffice_and_what_is_left_out_is_one_sentence()
    {
        var result = Answer(WhichMachine.Question, Population(Planted.Nothing, seeds: 5, dropped: 1));
        Assert.Null(result.Skipped);
        Assert.Equal(4, result.Scores[0].NetworksPerClass);
        Assert.Equal(
            $"Among the original machines: {Machines - 1} networks of {Machines - 1} machines were left out to balance the classes.",
            Assert.Single(result.LeftOut));
    }

    [Fact]
    public void Few_machines_are_asked_as_ever()
    {
        var few = Population(Planted.Nothing, machines: 5, seeds: 12);
        var result = Answer(WhichMachine.Question, few);
        Assert.All(result.Scores, score => Assert.Equal("accuracy", score.Metric));
        Assert.All(result.Curves, curve => Assert.Equal("accuracy", curve.YLabel));
        foreach (var question in new[]
        {
            NearestKnown.Question, MachineDistances.Question, Difficulty.Question, ExtractedAutomata.Question,
        })
        {
            Assert.Contains("at least 20 original machines", Answer(question, few).Skipped, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Weights_that_follow_behaviour_lie_nearest_to_the_machines_that_behave_most_like_theirs()
    {
        var planted = Answer(NearestKnown.Question, s_planted.Value);
        var near = Find(planted, "raw", "centroid", "nearest_in_5");
        Assert.InRange(near.Value.Value, 0.6, 1);
        Assert.Equal(5.0 / near.Classes, near.Chance, 1e-12);
        Assert.InRange(near.Classes, 0.7 * Machines, 0.9 * Machines);
        Assert.InRange(Find(planted, "raw", "centroid", "rank_correlation").Value.Value, 0.4, 1);
        foreach (var score in planted.Scores)
        {
            Assert.InRange(score.Shuffled!.Value.Value, score.Chance - 0.12, score.Chance + 0.12);
            Assert.InRange(score.MetadataOnly!.Value.Value, score.Chance - 0.2, score.Chance + 0.25);
        }

        var unrelated = Answer(NearestKnown.Question, s_unrelated.Value);
        foreach (var score in unrelated.Scores) Assert.InRange(score.Value.Value, score.Chance - 0.2, score.Chance + 0.25);
    }

    /// <summary>
    /// Weights say nothing here, but one machine's networks have the smallest ones and so lie nearest to all: whether it behaves like
    /// another is a single piece of luck, seen many times, and the shuffled control must show how much luck may give.
    /// </summary>
    [Fact]
    public void A_machine_that_lies_near_all_others_makes_the_shuffled_interval_wide()
    {
        var unrelated = s_unrelated.Value;
        float[] weights = [.. Enumerable.Range(0, unrelated.Networks).SelectMany(row => unrelated.Row(row).ToArray().Select(
            weight => unrelated.Labels[row].Machine.Name == Name(4) ? weight / 100 : weight))];
        var hub = new WeightMatrix("hub", "matrix", weights, unrelated.Layout, unrelated.Labels) { Machines = unrelated.Machines };
        double Width(WeightMatrix matrix)
        {
            var shuffled = Find(Answer(NearestKnown.Question, matrix), "raw", "centroid", "nearest_in_5").Shuffled!.Value;
            return shuffled.High - shuffled.Low;
        }

        Assert.True(Width(hub) > 1.2 * Width(unrelated), $"{Width(hub)} and {Width(unrelated)}");
    }

    [Fact]
    public void Distances_of_weights_that_follow_behaviour_pass_Mantels_test_and_others_do_not()
    {
        var planted = Answer(MachineDistances.Question, s_planted.Value);
        var (score, test) = (Find(planted, "raw", "distance", "mantel_r"), planted.Significances.Single(one => one.View == "raw"));
        Assert.InRange(score.Value.Value, 0.5, 1);
        Assert.Equal((score.Value.Value, 1 / 200.0, 199), (test.Statistic, test.PValue, test.Permutations));
        Assert.InRange(score.Shuffled!.Value.Value, -0.1, 0.1);
        Assert.All(planted.Significances, one => Assert.True(one.Adjusted >= one.PValue));
        var curve = planted.Curves.Single(one => one.View == "raw").Points;
        Assert.Equal(11, curve.Count);
        Assert.Equal(0, curve[0].X);
        Assert.True(curve[0].Y.High < curve[1].Y.Value && curve[1].Y.High < curve[^1].Y.Low);

        var unrelated = Answer(MachineDistances.Question, s_unrelated.Value);
        Assert.InRange(Find(unrelated, "raw", "distance", "mantel_r").Value.Value, -0.3, 0.3);
        Assert.InRange(unrelated.Significances.Min(one => one.Adjusted), 0.02, 1);
    }

    [Fact]
    public void Difficulty_is_told_of_machines_never_seen_where_weights_follow_it()
    {
        var planted = Answer(Difficulty.Question, Population(Planted.States));
        Score States(QuestionResult result, string metric) => result.Scores.Single(
            score => (score.Subject, score.View, score.Metric) == ("states", "raw", metric));
        Assert.InRange(States(planted, "r2").Value.Value, 0.6, 1);
        Assert.InRange(States(planted, "kendall_tau").Value.Value, 0.5, 1);
        Assert.InRange(States(planted, "r2").Shuffled!.Value.Value, -3, 0.2);
        Assert.InRange(States(planted, "r2").MetadataOnly!.Value.Value, -3, 0.3);
        Assert.InRange(States(Answer(Difficulty.Question, s_unrelated.Value), "r2").Value.Value, -3, 0.3);
    }

    [Fact]
    public void No_machine_and_no_seed_is_on_both_sides_of_a_split_and_every_machine_is_tested_once()
    {
        var context = new QuestionContext(s_planted.Value, s_planted.Value, s_quick, TestContext.Current.CancellationToken);
        var selection = ManyMachines.Select(context, context.Ceilings.OfFits);
        var splits = ManyMachines.UnseenMachines(context, selection);
        var seeds = selection.Seeds(context);
        foreach (var split in splits)
        {
            Assert.Empty(split.Test.Select(i => selection.Labels[i]).Intersect(split.Training.Select(i => selection.Labels[i])));
            Assert.Empty(split.Test.Select(i => seeds[i]).Intersect(split.Training.Select(i => seeds[i])));
        }

        var tested = splits.SelectMany(split => split.Test.Select(i => selection.Labels[i]).Distinct()).Order();
        Assert.Equal(Enumerable.Range(0, Machines), tested);
    }

    [Fact]
    public void A_source_that_does_not_say_its_machines_or_unlike_ones_are_left_out_with_the_reason()
    {
        var names = Enumerable.Range(0, 20).Select(i => $"N{i}Machine").ToArray();
        var bare = Networks.Population(s_spec, names, 4);
        Assert.Equal("The source doesn't say what its machines are.", Answer(Difficulty.Question, bare).Skipped);
        var planted = s_planted.Value;
        var machines = planted.Machines.ToDictionary();
        machines[Name(3)] = machines[Name(3)] with
        {
            Machine = new Automaton(new AutomatonDefinition(3, 3, 0, [[0, 0, 0]], [1])),
        };
        var unlike = new WeightMatrix(
            "unlike", "matrix", [.. Enumerable.Range(0, planted.Networks).SelectMany(row => planted.Row(row).ToArray())], planted.Layout,
            planted.Labels)
        {
            Machines = machines,
        };
        Assert.Contains("same commands", Answer(MachineDistances.Question, unlike).Skipped, StringComparison.Ordinal);
        Assert.Contains("same commands", Answer(NearestKnown.Question, unlike).Skipped, StringComparison.Ordinal);
        Assert.Null(Answer(Difficulty.Question, unlike).Skipped);
    }

    [Fact]
    public void The_automaton_is_extracted_from_networks_that_learned_it_and_not_from_one_that_did_not()
    {
        var (learned, layout) = (LearnedDirect.Direct.Weights, LearnedDirect.Layout);
        var weights = new List<float>();
        var labels = new List<NetworkLabel>();
        for (var machine = 0; machine < 20; machine++)
        {
            for (uint seed = 0; seed < 2; seed++)
            {
                var random = new SeededRandom(3, SeededRandom.Stream(Name(machine), (int)seed));
                var network = machine == 0 && seed == 0
                    ? Networks.Random(layout, random)
                    : NetworkSymmetry.Random(layout.Recurrent, random).Apply(layout, learned);
                weights.AddRange(network);
                labels.Add(new NetworkLabel(
                    $"{machine:x4}{seed:x4}", Networks.Named(Name(machine)), seed, Outcome.Converged, 3, 1e-4, 1e-4, 1e-4,
                    WeightsHash.Of(network), null));
            }
        }

        var direct = new LearnedMachine(MachineCatalogue.Build("SingleDirectMachine"), LearnedDirect.Data);
        var result = Answer(ExtractedAutomata.Question, new WeightMatrix("exact", "matrix", [.. weights], layout, labels)
        {
            Machines = Enumerable.Range(0, 20).ToDictionary(Name, _ => direct),
        });
        Assert.Equal((39, 40), (result.Tallies[0].Count, result.Tallies[0].Of));
        Assert.Equal((1, 2), (result.Tallies[1].Count, result.Tallies[1].Of));
        Assert.StartsWith("of 2 states; found instead: ", result.Tallies[1].Detail, StringComparison.Ordinal);
        Assert.All(result.Tallies.Skip(2), tally => Assert.Equal((2, 2, ""), (tally.Count, tally.Of, tally.Detail)));
        Assert.Equal((2.0, 39 / 40.0), (result.Curves.Single().Points.Single().X, result.Curves.Single().Points.Single().Y.Value));
    }
}
