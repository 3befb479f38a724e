using System.Numerics;
using CsCheck;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines;

public sealed class RegisterMachineTests
{
    [Fact]
    public void Ds1_machines_answer_as_published() =>
        Gen.Int[0, 15].Array[0, 40].Sample(word =>
        {
            var register = 0u;
            var registers = word.Select(symbol =>
            {
                var bit = 1u << (symbol / 2);
                return register = symbol % 2 == 1 ? register | bit : register & ~bit;
            }).ToArray();
            Assert.Equal(registers, Answers("EightBitMachine", word));
            Assert.Equal(registers.Select(r => r & 1), Answers("SingleDirectMachine", word));
            Assert.Equal(registers.Select(r => 1 - (r & 1)), Answers("SingleInvertMachine", word));
            Assert.Equal(registers.Select(r => (r & 1) ^ ((r >> 1) & 1)), Answers("SimpleXORMachine", word));
            Assert.Equal(registers.Select(r => (uint)BitOperations.PopCount(r) % 2), Answers("ParityMachine", word));
        });

    [Fact]
    public void A_symbol_is_encoded_as_its_value_and_the_one_hot_index_of_its_bit()
    {
        var machine = MachineCatalogue.Build("EightBitMachine");
        Assert.Equal((16, 9, 8), (machine.Symbols, machine.Inputs, machine.Outputs));
        for (var bit = 0; bit < 8; bit++)
        {
            Assert.Equal(1u << (bit + 1), machine.Encode(2 * bit));
            Assert.Equal((1u << (bit + 1)) | 1, machine.Encode((2 * bit) + 1));
            Assert.Equal($"clear {bit}", machine.Describe(2 * bit));
            Assert.Equal($"set {bit}", machine.Describe((2 * bit) + 1));
        }
    }

    [Fact]
    public void Live_lines_are_those_that_are_mentioned()
    {
        Assert.Equal(0xFFu, MachineCatalogue.Build("EightBitMachine").LiveOutputs);
        Assert.Equal(1u, MachineCatalogue.Build("SingleInvertMachine").LiveOutputs);
    }

    [Fact]
    public void Contradictions_are_named()
    {
        Assert.Contains("1 to 16 bits", Message(new(17, 8, [new(0, [0], false)])));
        Assert.Contains("at most 7", Message(new(8, 8, [new(0, [8], false)])));
        Assert.Contains("ascend", Message(new(8, 8, [new(0, [1, 1], false)])));
        Assert.Contains("ascend", Message(new(8, 8, [new(3, [0], false), new(2, [1], false)])));
        Assert.Contains("no register bit", Message(new(8, 8, [new(0, [], true)])));
        Assert.Contains("at least one line", Message(new(8, 8, [])));
    }

    static uint[] Answers(string name, int[] word) => MachineGen.Answers(MachineCatalogue.Build(name), word);

    static string Message(RegisterDefinition definition) => Assert.Throws<ArgumentException>(definition.Build).Message;
}
