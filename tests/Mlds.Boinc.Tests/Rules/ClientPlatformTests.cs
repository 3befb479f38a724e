using Mlds.Boinc.Rules;

namespace Mlds.Boinc.Tests.Rules;

/// <summary>The names that clients give to platforms (client/cs_platforms.cpp).</summary>
public sealed class ClientPlatformTests
{
    [Theory]
    [InlineData("x86_64-pc-linux-gnu", ProcessorKind.X86, false)]
    [InlineData("i686-pc-linux-gnu", ProcessorKind.X86, true)]
    [InlineData("windows_x86_64", ProcessorKind.X86, false)]
    [InlineData("windows_intelx86", ProcessorKind.X86, true)]
    [InlineData("windows_arm64", ProcessorKind.Arm, false)]
    [InlineData("x86_64-apple-darwin", ProcessorKind.X86, false)]
    [InlineData("arm64-apple-darwin", ProcessorKind.Arm, false)]
    [InlineData("aarch64-unknown-linux-gnu", ProcessorKind.Arm, false)]
    [InlineData("arm-unknown-linux-gnueabihf", ProcessorKind.Arm, true)]
    [InlineData("sparc-sun-solaris", ProcessorKind.Other, false)]
    public void A_platform_says_its_processor(string platform, ProcessorKind kind, bool is32Bit)
    {
        Assert.Equal((kind, is32Bit), (ClientPlatform.Kind(platform), ClientPlatform.Is32Bit(platform)));
        Assert.Equal(platform.Contains("apple", StringComparison.Ordinal), ClientPlatform.IsMac(platform));
    }
}
