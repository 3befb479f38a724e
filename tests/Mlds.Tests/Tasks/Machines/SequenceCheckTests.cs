using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class SequenceCheckTests
{
    static MachineTask Task(string machine, PlantedKey? planted = null) =>
        new(MachineCatalogue.Find(machine)!, new DataSpec(3, 32, 8, 12, 4, 24, planted));

    [Fact]
    public void What_a_task_generates_does_not_contradict_it() => Assert.All(MachineCatalogue.Names, name =>
    {
        var plain = Task(name);
        Assert.Null(plain.ContradictionIn(plain.Generate()));
        if (plain.Build() is not KeyedMachine keyed) return;
        var altered = Task(name, new PlantedKey(keyed.Key, 4, 3));
        Assert.Null(altered.ContradictionIn(altered.Generate()));
    });

    [Fact]
    public void Outputs_of_another_machine_are_told_with_sequence_step_and_lines()
    {
        var fault = Task("SingleDirectMachine").ContradictionIn(Task("SimpleXORMachine").Generate());
        Assert.Matches("^to training sequence [0-9]+, step [0-9]+ it answers [01]{8}, but the examples say [01]{8}$", fault);
    }

    [Fact]
    public void A_key_in_sequences_that_should_not_follow_it_is_told()
    {
        var key = ((KeyedMachine)MachineCatalogue.Build("SimpleXORModified")).Key;
        var everywhere = Task("SimpleXORModified", new PlantedKey(key, 2));
        var rarely = Task("SimpleXORModified", new PlantedKey(key, 2, 8));
        Assert.NotNull(rarely.ContradictionIn(everywhere.Generate()));
    }

    [Fact]
    public void One_changed_bit_is_told_wherever_it_is()
    {
        var task = Task("SingleDirectMachine");
        foreach (var set in new Func<SequenceData, SequenceSet>[] { data => data.Training, data => data.Validation, data => data.LongTest })
        {
            foreach (var of in new Func<SequenceSet, uint[]>[] { set => set.Targets, set => set.Inputs })
            {
                var data = task.Generate();
                of(set(data))[^1] ^= 1;
                Assert.NotNull(task.ContradictionIn(data));
            }
        }
    }

    [Fact]
    public void Noise_is_no_contradiction_where_the_task_has_it_and_one_where_it_has_not_or_another()
    {
        var clean = Task("SimpleXORMachine");
        MachineTask Noisy(double probability) => clean with { Data = clean.Data with { LabelNoise = probability } };
        Assert.All(new[] { 0.01, 0.5 }, probability => Assert.Null(Noisy(probability).ContradictionIn(Noisy(probability).Generate())));
        Assert.NotNull(clean.ContradictionIn(Noisy(0.01).Generate()));
        Assert.NotNull(Noisy(0.01).ContradictionIn(clean.Generate()));
        Assert.NotNull(Noisy(0.1).ContradictionIn(Noisy(0.2).Generate()));
        var data = Noisy(0.1).Generate();
        data.Training.Targets[^1] ^= 1;
        Assert.NotNull(Noisy(0.1).ContradictionIn(data));
    }

    [Fact]
    public void Other_numbers_of_sequences_are_told() => Assert.Contains(
        "32 training sequences of 12 commands, not 16 of 12",
        (Task("SingleDirectMachine") with { Data = new DataSpec(3, 16, 8, 12, 4, 24, null) })
            .ContradictionIn(Task("SingleDirectMachine").Generate()));
}
