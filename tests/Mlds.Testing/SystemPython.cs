namespace Mlds.Testing;

/// <summary>The Python that Debian installs, with what Debian has of it.</summary>
public static class SystemPython
{
    public const string Path = "/usr/bin/python3";

    /// <summary>Far more than it takes; only what hangs ends by it.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromMinutes(30);

    /// <summary>Runs Python on <paramref name="arguments"/> in <paramref name="folder"/>.</summary>
    public static Command Run(string folder, params string[] arguments) => Command.Run(Path, arguments, folder, s_limit);

    /// <summary>Why a test that needs these modules is skipped; null if they are all there.</summary>
    public static string? Missing(params string[] modules)
    {
        if (!File.Exists(Path)) return $"There is no {Path} on this machine.";
        var missing = modules.FirstOrDefault(module => Run("/", "-c", $"import {module}").ExitCode != 0);
        return missing is null ? null : $"Python's {missing} is not installed (Debian: python3-{missing}).";
    }
}
