using Mlds.Analysis.Data;
using Mlds.Analysis.Questions;
using Mlds.Analysis.Results;
using Mlds.Analysis.Views;
using Mlds.Kernels.Shapes;
using Mlds.Networks;

namespace Mlds.Analysis.Tests;

/// <summary>Analyses of some questions, interrupted ones, and such with little memory.</summary>
public sealed class ResumedAnalysisTests : IDisposable
{
    static readonly AnalysisOptions s_quick = new()
    {
        Trees = 10,
        CurveRepetitions = 1,
        RidgeShuffles = 2,
        Views = [View.Raw, View.Aligned, View.Invariants, View.Spectral],
    };

    static readonly WeightMatrix s_networks = Networks.Population(
        new RecurrentSpec(4, 5, 2, [5, 3], Activation.None), ["AlphaMachine", "BetaMachine", "AlphaModified", "BetaModified"], 12);

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static AnalysisResult Run(AnalysisOptions options, IProgress<AnalysisProgress>? progress = null) =>
        WeightAnalysis.Run(s_networks, options, progress, TestContext.Current.CancellationToken);

    static string Text(AnalysisResult result) => Metrics.ToJson(result).ToJsonString();

    /// <summary>Ends the process, as far as an analysis can tell, when the step of a number begins.</summary>
    sealed class Kill(int step) : IProgress<AnalysisProgress>
    {
        readonly List<string> _begun = [];

        internal bool IsDone { get; private set; }

        public void Report(AnalysisProgress value)
        {
            if (_begun.Count > 0 && _begun[^1] == value.Step) return;
            _begun.Add(value.Step);
            IsDone = value.Step == "Done";
            if (_begun.Count == step && !IsDone) throw new OperationCanceledException(value.Step);
        }
    }

    [Fact]
    public void An_analysis_killed_before_every_step_ends_as_one_that_never_was()
    {
        var expected = Text(Run(s_quick));
        var options = s_quick with { WorkFolder = _scratch.In("unfinished") };
        var kept = new Dictionary<string, DateTime>();
        for (var step = 1; ; step++)
        {
            var kill = new Kill(step);
            var before = Directory.Exists(options.WorkFolder) ? Directory.GetFiles(options.WorkFolder, "*.json").Length : 0;
            try
            {
                Assert.Equal(expected, Text(Run(options, kill)));
                Assert.True(step > WeightAnalysis.Parts.Count);
                break;
            }
            catch (OperationCanceledException)
            {
                // What a killed process was writing.
                File.WriteAllText(Path.Combine(options.WorkFolder, "projections-raw.json.tmp"), "{\"qu");
            }

            // Each time one step more, and none again.
            var files = Directory.GetFiles(options.WorkFolder, "*.json");
            Assert.InRange(files.Length, before, before + 1);
            foreach (var file in files)
            {
                var written = File.GetLastWriteTimeUtc(file);
                Assert.Equal(written, kept.GetValueOrDefault(file, written));
                kept[file] = written;
            }
        }

        Assert.Equal(kept.Count, Directory.GetFiles(options.WorkFolder, "*.json").Length - 1);
    }

    [Fact]
    public void Other_options_begin_anew_and_other_questions_do_not()
    {
        var options = s_quick with { WorkFolder = _scratch.In("unfinished"), Questions = ["which_machine", "nearest_neighbours"] };
        Run(options);
        var file = Path.Combine(options.WorkFolder, "which_machine.json");
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Run(options with { Questions = ["which_machine"], Memory = 1 });
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
        Run(options with { Seed = 2 });
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void With_room_for_one_view_the_answers_are_the_same()
    {
        var all = Text(Run(s_quick));
        Assert.Equal(all, Text(Run(s_quick with { Memory = 1 })));
        Assert.Equal(all, Text(Run(s_quick with { Memory = 1, WorkFolder = _scratch.In("unfinished") })));
        Assert.Equal(all, Text(Run(s_quick with { Threads = 1 })));
    }

    [Fact]
    public void Only_the_questions_asked_for_are_asked_with_those_they_are_made_from()
    {
        var all = Run(s_quick);
        var some = Run(s_quick with { Questions = ["how_small_a_change", "which_machine"] });
        string[] asked = ["which_machine", "modified_or_original", "modified_or_control", "how_small_a_change"];
        Assert.Equal(all.Questions.Select(question => question.Id), some.Questions.Select(question => question.Id));
        foreach (var (whole, part) in all.Questions.Zip(some.Questions))
        {
            if (asked.Contains(whole.Id)) Assert.Equal(whole.Answer, part.Answer);
            else Assert.Contains("wasn't asked", part.Skipped, StringComparison.Ordinal);
        }

        Assert.Empty(some.Projections);
        Assert.Empty(some.HeatMaps);
        Assert.Equal(4, Run(s_quick with { Questions = ["projections"] }).Projections.Count(projection => projection.Method == "pca"));
        var refused = Assert.Throws<ArgumentException>(() => Run(s_quick with { Questions = ["which_machines"] }));
        Assert.Contains("no question 'which_machines'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("which_machine, ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_goes_one_way_and_tells_what_is_left()
    {
        var told = new List<AnalysisProgress>();
        var gate = new Lock();
        Run(s_quick, new Told(value =>
        {
            lock (gate) told.Add(value);
        }));
        Assert.Equal(told.Select(at => at.Share).Order(), told.Select(at => at.Share));
        Assert.Equal((1.0, TimeSpan.Zero), (told[^1].Share, told[^1].Left));
        Assert.All(told, at => Assert.True(at.Left >= TimeSpan.Zero && at.Left < TimeSpan.FromHours(1)));
        Assert.True(told.Select(at => at.Step).Distinct().Count() > WeightAnalysis.Parts.Count);
    }

    sealed class Told(Action<AnalysisProgress> tell) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => tell(value);
    }
}
