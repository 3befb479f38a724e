using System.Text.Json.Nodes;
using Mlds.Tasks;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>What a release has of a task beside the networks.</summary>
public sealed class TaskArtifactsTests
{
    [Fact]
    public void A_machine_has_its_minimal_automaton_and_its_sequences()
    {
        var artifacts = TaskArtifacts.Of(Example.Small.Recipe("ParityMachine", 0));
        var entry = new JsonObject();
        artifacts.AddTo(entry);
        Assert.Equal("""{"states":256,"automaton":"machines/ParityMachine.json"}""", entry.ToJsonString());
        Assert.Equal("machines/ParityMachine.json", artifacts.Definition?.File);
        Assert.Equal(256, JsonNode.Parse(artifacts.Definition!.Text)!["next"]!.AsArray().Count);
        Assert.Equal("training-data/ParityMachine.npz", artifacts.ExamplesFile);
        Assert.Equal([("states of its minimal automaton", "256")], artifacts.Facts);
    }

    [Fact]
    public void A_task_of_a_kind_that_no_release_can_have_is_refused_by_its_machine_s_name()
    {
        var recipe = Example.Small.Recipe("ParityMachine", 0) with { Task = new Riddle() };
        Assert.Contains("ParityMachine", Assert.Throws<ZooException>(() => TaskArtifacts.Of(recipe)).Message, StringComparison.Ordinal);
    }

    sealed record Riddle : LearningTask
    {
        public override int WorkerLevel => 1;

        public override int TrainingCount => 1;

        public override int ValidationCount => 1;

        public override int Steps => 1;

        public override long Bytes => 1;

        public override TrainingData Generate() => throw new NotSupportedException();

        public override void WriteTo(JsonObject recipe) => throw new NotSupportedException();
    }
}
