using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class MachineDifficultyTests
{
    [Fact]
    public void All_words_written_out_give_the_same_numbers() =>
        Gen.Select(MachineGen.Automata, Gen.Int[1, 5]).Sample(
            (definition, length) =>
            {
                var machine = definition.Build();
                if (Math.Pow(machine.Symbols, length) > 2000) return;
                var difficulty = MachineDifficulty.Of(machine, length);
                for (var window = 0; window <= MachineDifficulty.LongestWindow; window++)
                    Assert.Equal(Guessed(machine, length, window), difficulty.ToldByLast[window], 1e-9);
                Assert.Equal(ErrorOfConstant(machine, length), difficulty.ConstantError, 1e-9);
            },
            iter: 200);

    [Fact]
    public void More_symbols_never_tell_less() =>
        MachineGen.Automata.Sample(
            definition =>
            {
                var told = MachineDifficulty.Of(definition.Build()).ToldByLast;
                Assert.InRange(told[0], 0.5 - 1e-12, 1 + 1e-12);
                for (var window = 1; window < told.Count; window++) Assert.InRange(told[window], told[window - 1] - 1e-12, 1 + 1e-12);
            },
            iter: 200);

    [Fact]
    public void States_are_those_that_words_can_tell_apart() =>
        Assert.Equal(
            2, MachineDifficulty.Of(new AutomatonDefinition(2, 1, 0, [[2, 1], [1, 0], [0, 1], [3, 3]], [0, 1, 0, 1]).Build()).States);

    [Fact]
    public void A_machine_that_repeats_its_symbol_is_told_by_one()
    {
        var told = MachineDifficulty.Of(new AutomatonDefinition(2, 1, 0, [[0, 1], [0, 1]], [0, 1]).Build()).ToldByLast;

        Assert.Equal([0.5, 1, 1, 1], told);
    }

    /// <summary>The parity of all symbols: without the whole word, or its beginning, nothing is told.</summary>
    [Fact]
    public void Of_a_parity_the_last_symbols_tell_next_to_nothing()
    {
        var difficulty = MachineDifficulty.Of(new AutomatonDefinition(2, 1, 0, [[0, 1], [1, 0]], [0, 1]).Build(), 1000);

        Assert.Equal(0.25, difficulty.ConstantError, 1e-9);
        for (var window = 0; window <= 3; window++) Assert.InRange(difficulty.ToldByLast[window], 0.5 - 1e-12, 0.502);
    }

    [Theory]
    [InlineData("SingleDirectMachine")]
    [InlineData("SimpleXORMachine")]
    [InlineData("ParityMachine")]
    public void The_plateau_is_the_one_measured_on_sequences(string name)
    {
        var machine = MachineCatalogue.Build(name);
        var sequences = SequenceData.Generate(machine, new DataSpec(1, 65_536, 1, 16, 1, 1, null)).Training;

        // A million steps: the error of a share is below 0.002, that of the mean square of eight lines smaller still.
        Assert.Equal(Learnability.Of(machine, sequences).PlateauLoss, MachineDifficulty.Of(machine).ConstantError, 1e-3);
    }

    [Fact]
    public void A_word_has_at_least_one_symbol() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MachineDifficulty.Of(MachineCatalogue.Build("SimpleXORMachine"), 0));

    static double Guessed(IMachine machine, int length, int window)
    {
        var right = Cells(machine, length, window).Sum(bits => Math.Max(bits.Count(bit => bit == 1), bits.Count(bit => bit == 0)));
        return right / (Math.Pow(machine.Symbols, length) * length * machine.Outputs);
    }

    static double ErrorOfConstant(IMachine machine, int length) =>
        Cells(machine, length, 0).Average(bits => bits.Average() * (1 - bits.Average()));

    /// <summary>The output bits of all words, by line and by the last symbols (fewer where the word has just begun).</summary>
    static IEnumerable<double[]> Cells(IMachine machine, int length, int window)
    {
        var bits = new List<(string Cell, double Bit)>();
        void Go(string word, ulong state)
        {
            if (word.Length == length) return;
            for (var symbol = 0; symbol < machine.Symbols; symbol++)
            {
                var (longer, next) = (word + (char)('A' + symbol), machine.Next(state, symbol));
                var last = longer[Math.Max(0, longer.Length - window)..];
                // A step counts once for every word that begins with these symbols.
                var words = (int)Math.Round(Math.Pow(machine.Symbols, length - longer.Length));
                for (var line = 0; line < machine.Outputs; line++)
                    bits.AddRange(Enumerable.Repeat(($"{line} {last}", (double)(machine.Read(next) >> line & 1)), words));
                Go(longer, next);
            }
        }

        Go("", machine.Start);
        return bits.GroupBy(bit => bit.Cell).Select(cell => cell.Select(bit => bit.Bit).ToArray());
    }
}
