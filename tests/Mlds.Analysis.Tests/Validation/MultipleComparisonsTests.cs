using CsCheck;
using Mlds.Analysis.Validation;

namespace Mlds.Analysis.Tests.Validation;

public sealed class MultipleComparisonsTests
{
    static readonly Gen<double[]> s_pValues = Gen.Double[0, 1].Array[1, 30];

    /// <summary>Worked by hand from the definitions.</summary>
    [Fact]
    public void Four_tests_are_adjusted_as_by_hand()
    {
        Near.All([0.03, 0.06, 0.06, 0.02], MultipleComparisons.Holm([0.01, 0.04, 0.03, 0.005]), 1e-12);
        Near.All([0.02, 0.04, 0.04, 0.02], MultipleComparisons.BenjaminiHochberg([0.01, 0.04, 0.03, 0.005]), 1e-12);
    }

    [Fact]
    public void Adjusted_values_keep_the_order_lie_above_and_Holm_above_Benjamini_and_Hochberg() =>
        s_pValues.Sample(p =>
        {
            var (holm, hochberg) = (MultipleComparisons.Holm(p), MultipleComparisons.BenjaminiHochberg(p));
            for (var i = 0; i < p.Length; i++)
            {
                Assert.True(p[i] <= hochberg[i] + 1e-15 && hochberg[i] <= holm[i] + 1e-15 && holm[i] <= 1);
                for (var j = 0; j < p.Length; j++)
                    if (p[i] < p[j]) Assert.True(holm[i] <= holm[j] && hochberg[i] <= hochberg[j]);
            }
        });

    /// <summary>
    /// Where there is nothing to find, one run in twenty finds something, however many tests there are and however they depend on each
    /// other: the first test decides.
    /// </summary>
    [Fact]
    public void A_fixed_sequence_stops_at_the_first_test_that_finds_nothing()
    {
        Near.All([0.01, 0.01, 0.2, 0.2], MultipleComparisons.FixedSequence([0.01, 0.001, 0.2, 0.004]), 1e-15);
        s_pValues.Sample(p => Assert.Equal(p[0] <= 0.05, MultipleComparisons.FixedSequence(p).Any(adjusted => adjusted <= 0.05)));
    }

    [Fact]
    public void What_is_no_p_value_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MultipleComparisons.Holm([0.5, double.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultipleComparisons.BenjaminiHochberg([1.5]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MultipleComparisons.FixedSequence([-0.1]));
        Assert.Empty(MultipleComparisons.Holm([]));
    }
}
