using Mlds.Analysis.Data;
using Mlds.Tasks.Machines;

namespace Mlds.Analysis.Tests.Data;

public sealed class BehaviouralDistancesTests
{
    static Automaton Parity(params uint[] output) => new(new AutomatonDefinition(2, 2, 0, [[0, 1], [1, 0]], output));

    [Fact]
    public void Machines_that_answer_alike_are_at_0_and_one_that_inverts_a_live_line_differs_in_all_its_bits()
    {
        // The second has a state too many; the third inverts line 0; the fourth has line 1 besides, which the second state sets.
        IMachine[] machines =
        [
            Parity(0, 1), new Automaton(new AutomatonDefinition(2, 2, 0, [[2, 1], [1, 0], [0, 1]], [0, 1, 0])), Parity(1, 0), Parity(0, 3),
        ];
        var distances = BehaviouralDistances.Of(machines);
        double Between(int i, int j) => distances[(i * 4) + j];
        Assert.Equal(0, Between(0, 1));

        // Two lines are live in one machine or another: half of the bits are those of line 0.
        Assert.Equal(0.5, Between(0, 2), 1e-12);

        // Line 1 is set after an odd number of ones: in half of the steps, and so in a quarter of the bits.
        Assert.InRange(Between(0, 3), 0.235, 0.265);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(0, Between(i, i));
            for (var j = 0; j < 4; j++)
            {
                Assert.Equal(Between(i, j), Between(j, i));
                for (var k = 0; k < 4; k++) Assert.True(Between(i, k) <= Between(i, j) + Between(j, k) + 1e-12);
            }
        }
    }

    [Fact]
    public void The_words_depend_on_the_seed_alone_and_machines_must_be_comparable()
    {
        IMachine[] machines = [Parity(0, 1), Parity(0, 3)];
        Assert.Equal(BehaviouralDistances.Of(machines, 3), BehaviouralDistances.Of(machines, 3));
        Assert.NotEqual(BehaviouralDistances.Of(machines, 3), BehaviouralDistances.Of(machines, 4));
        IMachine[] unlike = [Parity(0, 1), new Automaton(new AutomatonDefinition(3, 2, 0, [[0, 0, 0]], [1]))];
        Assert.False(BehaviouralDistances.AreComparable(unlike));
        Assert.Throws<ArgumentException>(() => BehaviouralDistances.Of(unlike));
    }
}
