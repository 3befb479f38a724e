using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// After a change of the code-signing key: which programs aren't sent until a new version of them was signed with the present one.
/// </summary>
public static class AppSignatures
{
    /// <summary>
    /// Names of the versions that clients wouldn't take: a signature of theirs isn't <paramref name="present"/>'s. Older versions than
    /// one that is signed don't matter, and aren't among them.
    /// </summary>
    public static IReadOnlyList<string> NotSent(Session session, PublicKey present)
    {
        var versions = AppVersions.ReadAll(session);
        var signed = versions.Where(version => AppVersions.IsSigned(version, present)).ToList();
        return [.. versions.Except(signed).Where(version => !signed.Exists(other => IsNewer(other, version)))
            .Select(version => version.Title)];
    }

    static bool IsNewer(AppVersionRow other, AppVersionRow version) =>
        other.App == version.App && other.Platform == version.Platform
        && other.PlanClass == version.PlanClass && other.Version > version.Version;
}
