using Mlds.Boinc.Rules;
using Mlds.Boinc.Scheduling;
using Mlds.Server.Project;

namespace Mlds.Server.Scheduler;

/// <summary>Why there is no program for a computer, as its owner reads it.</summary>
static class NoProgram
{
    /// <param name="request">The call of a client for which <see cref="AppVersions.Best"/> found nothing.</param>
    /// <param name="programs">The app's programs.</param>
    public static string Why(SchedulerRequest request, IReadOnlyList<AppVersionRow> programs)
    {
        if (programs.Count == 0) return "This project has no programs yet.";
        var own = request.Platforms.FirstOrDefault() ?? "?";

        // What is missing is a program for the computer's own kind of processor, not for one that it emulates.
        var platform = request.Platforms.Find(name => ClientPlatform.Kind(name) == ClientPlatform.Kind(own)
            && programs.Any(program => program.Platform == name));
        if (platform is not null) return WhyNot(request.Host, platform, programs);
        if (ClientPlatform.Is32Bit(own))
            return $"This project has no 32-bit programs ({own}): it needs a 64-bit system, and BOINC's client for it.";
        return own switch
        {
            "windows_arm64" => "This project has no program for Windows on Arm (windows_arm64).",
            "arm64-apple-darwin" => "This project has no program for Macs with Apple's processors (arm64-apple-darwin).",
            _ => $"This project has no program for computers of type {own}.",
        };
    }

    static string WhyNot(HostDescription host, string platform, IReadOnlyList<AppVersionRow> programs)
    {
        if (host.Features.Length == 0)
        {
            return "This computer's client doesn't say what its processor can do: "
                + "use a newer one, or the project's programs can't be chosen.";
        }

        if (ClientPlatform.IsMac(platform) && ClientPlatform.Kind(platform) == ProcessorKind.X86
            && host.Model.StartsWith("Apple", StringComparison.Ordinal))
        {
            return "BOINC on this Mac is the one for Intel's processors: install the one for Apple's.";
        }

        var missing = programs.Where(program => program.Platform == platform)
            .Select(program => PlanClasses.Missing(program.PlanClass, platform, host.Features)).OfType<IReadOnlyList<string>>()
            .MinBy(list => list.Count);
        return missing is null
            ? $"This project's programs for {platform} are of a kind that its server doesn't know."
            : $"This computer's processor lacks what the project's programs need: {string.Join(", ", missing.Select(Words))}.";
    }

    static string Words(string feature) => feature switch
    {
        "fma" => "fused multiply-add (FMA3)",
        _ when feature.StartsWith("avx512", StringComparison.Ordinal) => "AVX-512 (" + feature + ")",
        _ => feature.ToUpperInvariant(),
    };
}
