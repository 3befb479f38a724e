namespace Mlds.Boinc.Rules;

/// <summary>The kind of processor that a platform's programs are for.</summary>
public enum ProcessorKind
{
    Other,

    /// <summary>Intel's and AMD's, 32 or 64 bits.</summary>
    X86,

    Arm,
}

/// <summary>BOINC's names of platforms, such as <c>x86_64-pc-linux-gnu</c> or <c>windows_arm64</c> (client/cs_platforms.cpp).</summary>
public static class ClientPlatform
{
    public static bool IsMac(string platform) => platform.EndsWith("-apple-darwin", StringComparison.Ordinal);

    public static ProcessorKind Kind(string platform) =>
        Begins(platform, "x86_64-", "i686-", "i386-", "windows_x86_64", "windows_intelx86") ? ProcessorKind.X86
        : Begins(platform, "aarch64-", "arm", "windows_arm64") ? ProcessorKind.Arm
        : ProcessorKind.Other;

    /// <summary>Whether it is known to be a 32-bit platform.</summary>
    public static bool Is32Bit(string platform) =>
        Begins(platform, "i686-", "i386-", "windows_intelx86") || (Begins(platform, "arm") && !Begins(platform, "arm64"));

    static bool Begins(string platform, params ReadOnlySpan<string> beginnings)
    {
        foreach (var beginning in beginnings)
            if (platform.StartsWith(beginning, StringComparison.Ordinal)) return true;
        return false;
    }
}
