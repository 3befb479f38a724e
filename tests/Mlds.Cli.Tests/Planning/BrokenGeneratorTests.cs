using System.Text.Json.Nodes;
using Mlds.Cli.Frame;
using Mlds.Cli.Planning;
using Mlds.Recipes;
using Mlds.Tasks;
using Mlds.Tasks.Machines;
using Mlds.Training;
using Mlds.Zoos.Planning;

namespace Mlds.Cli.Tests.Planning;

/// <summary>
/// A generator that gives one machine the outputs of another, as one once did for weeks: the pilots are really trained, and the gate that
/// <c>generate</c> goes through stays shut. The other machine of the population is sound.
/// </summary>
public sealed class BrokenGeneratorTests : IDisposable
{
    const string Broken = "SingleDirectMachine";
    const string Sound = "SimpleXORMachine";

    readonly ScratchFolder _scratch = new();

    /// <summary>The goal is far below what can be guessed from a command's place in its sequence.</summary>
    public BrokenGeneratorTests() => File.WriteAllText(
        PopulationPath, new TinyPopulation { Hidden = 8, Data = (4096, 256, 8, 8, 32), GoalLoss = 0.004 }.Json);

    public void Dispose() => _scratch.Dispose();

    string PopulationPath => _scratch.In("tiny.json");

    [Fact]
    public void Pilots_taught_by_another_machine_do_not_converge_and_generate_refuses()
    {
        var (population, verdict) = Try((own, other) => (other.Training, own.Validation), task => new UncheckedTask(task));
        var machine = verdict.Machines.Single(machine => machine.Name == Broken);
        Assert.All(machine.Pilots, pilot =>
        {
            Assert.Equal(Outcome.NotConverged, pilot.Outcome);
            Assert.InRange(pilot.ValidationLoss, machine.Difficulty!.PlateauLoss, 1);
        });
        Refuses(population, "seed 0 not converged after 60 epochs");
    }

    [Fact]
    public void Pilots_whose_outputs_belong_to_other_words_learn_nothing_of_them_and_generate_refuses()
    {
        var (population, verdict) = Try((own, _) => (Shifted(own.Training), Shifted(own.Validation)), task => new UncheckedTask(task));
        var machine = verdict.Machines.Single(machine => machine.Name == Broken);
        Assert.All(machine.Pilots, pilot =>
        {
            Assert.Equal(Outcome.NotConverged, pilot.Outcome);
            Assert.InRange(pilot.BestValidationLoss, 0.9 * machine.Difficulty!.StepLoss, 1);
        });
        Refuses(population, "a constant answer gives");
    }

    /// <summary>Training and validation agree, so networks learn the wrong machine and converge: only the right one can tell.</summary>
    [Fact]
    public void Examples_of_another_machine_throughout_are_caught_without_training()
    {
        var (population, verdict) = Try((_, other) => (other.Training, other.Validation), task => task);
        Assert.Empty(verdict.Machines.Single(machine => machine.Name == Broken).Pilots);
        Refuses(population, "its examples aren't the machine's: to training sequence ");
    }

    [Fact]
    public void A_sound_generator_goes_through()
    {
        var (population, verdict) = Try((own, _) => (own.Training, own.Validation), task => task);
        Assert.DoesNotContain(verdict.Machines, machine => machine.IsRefused);
        LearnabilityGate.Check(PopulationPath, population, ungated: false);
    }

    /// <summary>Trains two pilots of each machine and keeps the verdict beside the file.</summary>
    /// <param name="data">The training and validation sequences that the broken machine gets, of its own and the other one's.</param>
    (Population Population, Verdict Verdict) Try(
        Func<SequenceData, SequenceData, (SequenceSet Training, SequenceSet Validation)> data, Func<MachineTask, LearningTask> task)
    {
        var sound = Population.Read(PopulationPath);
        var (own, other) = ((SequenceData)sound.Data(Broken), (SequenceData)sound.Data(Sound));
        var (training, validation) = data(own, other);
        var population = new Population(
            sound.Name, sound.Description, sound.Licence, sound.Network, sound.DefaultNetworks,
            [
                new PopulationMachine(Broken, task((MachineTask)sound.Task(Broken)), sound.TrainingSpec(Broken))
                {
                    Examples = new(() => new GivenData(training, validation, own.LongTest)),
                },
                new PopulationMachine(Sound, sound.Task(Sound), sound.TrainingSpec(Sound)),
            ],
            PopulationFactors.OfNames, Variation.None, sound.CanonicalJson);
        var options = new PilotOptions(2, 2, TimeSpan.FromMinutes(5));
        var run = new PilotRun(population, null, options, verdict => verdict.Write(Verdict.PathOf(PopulationPath)));
        var verdict = run.Run(delegate { }, TestContext.Current.CancellationToken);
        Assert.Equal(2, verdict.Machines.Single(machine => machine.Name == Sound).Converged);
        return (population, verdict);
    }

    void Refuses(Population population, string reason)
    {
        var refusal = Assert.Throws<UsageException>(() => LearnabilityGate.Check(PopulationPath, population, ungated: false));
        Assert.Contains($"no pilot learned {Broken} (", refusal.Message);
        Assert.Contains(reason, refusal.Message);
        Assert.DoesNotContain(Sound, refusal.Message);
        LearnabilityGate.Check(PopulationPath, population, ungated: true);
    }

    /// <summary>Every sequence with the outputs of the next one.</summary>
    static SequenceSet Shifted(SequenceSet set) => new(
        set.Count, set.Length, set.Symbols, set.Inputs, [.. set.Targets[set.Length..], .. set.Targets[..set.Length]]);

    /// <summary>A machine's task that can't tell whether examples are its own: then all depends on the pilots.</summary>
    sealed record UncheckedTask(MachineTask Inner) : SequenceTask
    {
        public override int WorkerLevel => Inner.WorkerLevel;

        public override (int Inputs, int Outputs) Lines => Inner.Lines;

        public override int TrainingCount => Inner.TrainingCount;

        public override int ValidationCount => Inner.ValidationCount;

        public override int Steps => Inner.Steps;

        public override long Bytes => Inner.Bytes;

        public override TrainingData Generate() => Inner.Generate();

        public override void WriteTo(JsonObject recipe) => Inner.WriteTo(recipe);
    }

    sealed class GivenData(SequenceSet training, SequenceSet validation, SequenceSet longTest) : TrainingData
    {
        public override SequenceSet Training => training;

        public override SequenceSet Validation => validation;

        public override SequenceSet LongTest => longTest;

        public override string Sha256 { get; } = new('0', 64);
    }
}
