using System.Runtime.InteropServices;
using Mlds.Analysis.Foreign;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;

namespace Mlds.Analysis.Tests.Foreign;

/// <summary>What is read of anybody's networks, and what is said of what doesn't fit.</summary>
public sealed class ForeignZooTests : IDisposable
{
    /// <summary>A network 2–2–1: its weights and biases, layer by layer.</summary>
    const string Layout = "name,start,length,shape\na.weight,0,4,\"(2, 2)\"\na.bias,4,2,(2)\nb.weight,6,2,\"(1, 2)\"\nb.bias,8,1,(1)\n";

    readonly ScratchFolder _scratch = new();

    readonly float[] _weights = [.. Enumerable.Range(0, 40 * 9).Select(i => MathF.Sin(i * i) + (i / 9 % 2))];

    public void Dispose() => _scratch.Dispose();

    /// <summary>40 networks; row i: kind a or b in turn, number i, ten runs of four, one run for each half, always 5, only once.</summary>
    ForeignSource Source(string label = "kind")
    {
        var matrix = new NpzArray("weights", "(40, 9)", MemoryMarshal.AsBytes(_weights.AsSpan()).ToArray(), "<f4");
        File.WriteAllBytes(_scratch.In("weights.npy"), matrix.File);
        File.WriteAllText(_scratch.In("layout.csv"), Layout);
        var rows = Enumerable.Range(0, 40).Select(i =>
            $"{(i % 2 == 0 ? "a" : "b")},{i},r{i / 4},{(i % 2 == 0 ? "one" : "two")},5,{(i == 0 ? "rare" : "usual")},"
            + $"{(i % 4 == 0 ? "" : $"{i % 3}")},n{i}");
        File.WriteAllText(_scratch.In("t.csv"), $"kind,number,run,half,constant,rare,gaps,each\n{string.Join('\n', rows)}\n");
        return new ForeignSource([_scratch.In("weights.npy")], _scratch.In("t.csv"), [label]) { Layout = _scratch.In("layout.csv") };
    }

    static ForeignZoo Read(ForeignSource source) => ForeignZoo.Read(source, cancellation: TestContext.Current.CancellationToken);

    static string Says(ForeignSource source) => Assert.Throws<InvalidDataException>(() => Read(source)).Message;

    [Fact]
    public void Columns_of_texts_are_classes_and_columns_of_numbers_are_numbers()
    {
        var zoo = Read(Source("kind") with { Labels = ["kind", "number", "gaps"], Group = "run" });
        Assert.Equal((40, 9), (zoo.Networks, zoo.Matrix.Parameters));
        Assert.Equal(["a", "b"], zoo.Labels[0].ClassNames);
        Assert.Equal([0, 1, 0], zoo.Labels[0].Classes.Take(3));
        Assert.Equal([0, 1, 2], zoo.Labels[1].Numbers.Take(3));
        Assert.Equal((30, "10 of 40 networks have no value in gaps."), (zoo.Labels[2].Rows.Length, zoo.Labels[2].LeftOut[0]));
        Assert.Equal(10, zoo.Grouping.Count);

        // All other columns of numbers; without the label itself, and without those that don't vary.
        Assert.Equal(["number", "constant", "gaps"], zoo.Metadata.Names);
        Assert.Equal(["gaps", "gaps missing"], zoo.Metadata.Of(zoo.Labels[1].Rows, "number")!.ColumnNames);
        Assert.Equal(["raw", "statistics", "spectral"], zoo.Views.Select(view => view.Name));
        Assert.Contains("--activation", zoo.ViewsLeftOut.Single(view => view.What == "the view invariants").Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_can_be_names_and_conditions_choose_rows()
    {
        var zoo = Read(Source("gaps") with { AsText = ["gaps"], Where = [new("constant", "5.0")] });
        Assert.Equal(["0", "1", "2"], zoo.Labels[0].ClassNames);
        zoo = Read(Source("number") with { Where = [new("kind", "b")] });
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (2 * i) + 1), zoo.Rows);
        Assert.Equal(_weights[9..18], zoo.Matrix.Row(0).ToArray());
        Assert.Contains("20 networks lack what --where asks for.", zoo.Notes);
    }

    [Fact]
    public void With_an_activation_symmetries_and_their_views_are_there()
    {
        var zoo = Read(Source() with { Activation = Activation.Relu });
        Assert.Equal(
            View.All.Select(view => view.Name).Where(name => name != "behaviour"), zoo.Views.Select(view => view.Name));
        Assert.DoesNotContain(Read(Source() with { Activation = Activation.Tanh }).Views, view => view.Name == "reduced");
        foreach (var view in zoo.Views) Assert.Equal(40, view.Build().Rows);
    }

    [Fact]
    public void Networks_with_weights_that_are_no_numbers_are_left_out_and_counted()
    {
        (_weights[9], _weights[200]) = (float.NaN, float.PositiveInfinity);
        var zoo = Read(Source());
        Assert.Equal((40, 38), (zoo.Found, zoo.Networks));
        Assert.Equal([0, 2, 3], zoo.Rows.Take(3));
        Assert.Contains(zoo.Notes, note => note.StartsWith("2 of 40 networks have weights", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("constant", "all 40 networks have the value '5' in 'constant'")]
    [InlineData("rare", "of the 2 values of 'rare' only one has at least 10 networks (usual: 39, rare: 1)")]
    [InlineData("each", "of the 40 values of 'each' none has at least 10 networks")]
    [InlineData("colour", "has no column 'colour'; it has kind, number, run")]
    public void A_label_that_tells_nothing_apart_is_refused(string label, string says) =>
        Assert.Contains(says, Says(Source(label)), StringComparison.Ordinal);

    [Fact]
    public void What_does_not_fit_together_is_said_before_anything_is_asked()
    {
        void Refuses(ForeignSource source, string says) => Assert.Contains(says, Says(source), StringComparison.Ordinal);
        var source = Source();
        File.AppendAllText(_scratch.In("t.csv"), "a,40,r,one,5,usual,1,n40\n");
        Refuses(source, "has 41 rows, but there are 40 networks");
        Refuses(Source() with { Table = Few("kind\na\nb\n") }, "has 2 rows, but there are 40 networks");
        Refuses(Source() with { Table = Few("kind\na\nb,c\n") }, "line 3: there are 2 fields");
        Refuses(Source() with { Group = "half" }, "--group half: all networks with 'a' in 'kind' are of one group");
        Refuses(Source() with { Group = "constant" }, "of one group; a split needs two");
        Refuses(Source() with { Views = ["invariants"] }, "'invariants' can't be had of these networks");
        Refuses(Source() with { Views = ["colours"] }, "there is no view 'colours'; there are raw,");
        Refuses(Source() with { Where = [new("kind", "c")] }, "no network has 'c' in 'kind'; there are a, b.");
        Refuses(Source() with { Where = [new("run", "r3")] }, "there are 4 with what --where");
        Refuses(Source("number") with { Logarithms = ["number"] }, "has the value 0, which has no logarithm");
        Refuses(Source() with { Layout = null, Activation = Activation.Relu }, "--activation needs --layout");
        Refuses(Source() with { Metadata = ["depth"] }, "no column 'depth'");

        string Few(string text)
        {
            File.WriteAllText(_scratch.In("few.csv"), text);
            return _scratch.In("few.csv");
        }
    }

    [Fact]
    public void A_machine_with_too_little_memory_is_told_what_is_needed_and_what_to_do()
    {
        var fault = Assert.Throws<InvalidDataException>(() => Memory.Check(50_000, 4364, null, 2_000_000_000));
        Assert.Equal(
            "50,000 networks of 4,364 parameters need about 3.9 GB of memory, and there are 2.0 for it (--memory): "
            + "give --views statistics,spectral, which need less, or take at most 25,460 networks, by --where or a smaller table.",
            fault.Message);
        Memory.Check(50_000, 4364, ["statistics", "spectral"], 2_000_000_000);
        Memory.Check(50_000, 4364, null, 6_000_000_000);
    }

    [Fact]
    public void Networks_that_share_a_group_or_their_weights_are_grouped()
    {
        Assert.Equal([0, 1, 0, 2], Grouping.By(null, ["x", "y", "x", "z"]).Of);
        Assert.Equal([0, 0, 1, 1, 0], Grouping.By(["a", "a", "b", "b", "c"], ["1", "2", "3", "4", "2"]).Of);
        Assert.Equal([0, 0, 0, 0, 0], Grouping.By(["a", "a", "b", "b", "c"], ["1", "2", "3", "2", "3"]).Of);
        Assert.Equal((5, 0), (Grouping.By(null, ["1", "2", "3", "4", "5"]).Count, Grouping.By(null, ["1", "2"]).Joined));
    }

    [Fact]
    public void An_analysis_that_is_interrupted_again_and_again_goes_on_and_gives_the_same_result()
    {
        var source = Source("kind") with { Labels = ["number", "kind"], Metadata = ["gaps"] };
        var options = new AnalysisOptions { Trees = 10, RidgeShuffles = 1, CurveRepetitions = 1 };
        var whole = ForeignAnalysis.Run(Read(source), options, cancellation: TestContext.Current.CancellationToken);
        ForeignResult? found = null;
        var attempts = 0;
        while (found is null)
        {
            using var stop = new CancellationTokenSource();
            var most = 5 + attempts++;
            try
            {
                found = ForeignAnalysis.Run(
                    Read(source), options with { WorkFolder = _scratch.In("unfinished"), Threads = 1 + (attempts % 2) },
                    new StopAfter(most, stop), stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.True(attempts < 100);
            }
        }

        Assert.True(attempts > 3, $"{attempts}");
        static string Text(ForeignResult result) => Metrics.ToJson(result.Analysis).ToJsonString();
        Assert.Equal(Text(whole), Text(found));
        Assert.Equal(whole.Predictions, found.Predictions);
        Assert.Equal(
            Text(whole),
            Text(ForeignAnalysis.Run(Read(source), options, cancellation: TestContext.Current.CancellationToken)));
    }

    /// <summary>Cancels after some reports that a step was begun or is being carried out.</summary>
    sealed class StopAfter(int reports, CancellationTokenSource stop) : IProgress<AnalysisProgress>
    {
        int _left = reports;

        public void Report(AnalysisProgress value)
        {
            if (--_left == 0) stop.Cancel();
        }
    }

    [Fact]
    public void Questions_that_were_not_asked_say_so()
    {
        var options = new AnalysisOptions { Trees = 10, RidgeShuffles = 1, CurveRepetitions = 1, Questions = ["nearest_neighbours"] };
        var result = ForeignAnalysis.Run(Read(Source()), options, cancellation: TestContext.Current.CancellationToken).Analysis;
        Assert.Equal(
            ["nearest_neighbours"], result.Questions.Where(question => question.Skipped is null).Select(question => question.Id));
        Assert.Empty(result.Projections);
        var fault = Assert.Throws<ArgumentException>(() => ForeignAnalysis.Run(
            Read(Source()), options with { Questions = ["colours"] }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("There is no question 'colours'. There are names_from_weights, ", fault.Message, StringComparison.Ordinal);
    }
}
