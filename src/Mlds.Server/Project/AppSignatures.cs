using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>
/// After a change of the code-signing key: which programs aren't sent until a new version of them has been signed with the present key.
/// </summary>
public static class AppSignatures
{
    /// <summary>
    /// Names of the versions that clients wouldn't take, because a signature of theirs isn't by <paramref name="present"/>. Versions older
    /// than one that is signed with it don't matter and are left out.
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
