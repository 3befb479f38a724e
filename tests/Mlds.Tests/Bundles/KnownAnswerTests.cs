using Mlds.Bundles;
using Mlds.Kernels;

namespace Mlds.Tests.Bundles;

public sealed class KnownAnswerTests
{
    [Fact]
    public void Every_kernel_set_gives_the_known_answer()
    {
        foreach (var kernelSet in KernelSet.Available) Assert.Equal(KnownAnswer.Expected, KnownAnswer.Compute(kernelSet));
    }
}
