using System.Reflection;

namespace Mlds.Zoos;

/// <summary>The version of this program, as written into what it makes.</summary>
public static class ProgramVersion
{
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
