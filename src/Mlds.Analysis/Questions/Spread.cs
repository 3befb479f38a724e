using Mlds.Analysis.Data;
using Mlds.Analysis.Results;

namespace Mlds.Analysis.Questions;

/// <summary>Numbers as the quantiles that reports show.</summary>
static class Spread
{
    /// <param name="numbers">At least one; they are sorted.</param>
    internal static Distribution Of(string quantity, string view, string group, string subject, double[] numbers)
    {
        Array.Sort(numbers);
        double At(double share) => Quantile.OfSorted(numbers, share);
        return new Distribution(
            quantity, view, group, subject, numbers.Length, numbers[0], At(0.1), At(0.25), At(0.5), At(0.75), At(0.9), numbers[^1]);
    }
}
