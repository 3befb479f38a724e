using System.Collections.Concurrent;
using Mlds.Boinc.Scheduling;
using Mlds.Boinc.Signing;
using Mlds.Server.Database;

namespace Mlds.Server.Project;

/// <summary>A program for one platform.</summary>
sealed record AppVersionRow(
    long Id, string App, string FriendlyName, int Version, string Platform, string PlanClass, int Level,
    IReadOnlyList<AppVersionFileRow> Files)
{
    /// <summary>Its name for people: <c>mlds 1.00 for x86_64-pc-linux-gnu (fma)</c>.</summary>
    public string Title => AppVersionFolder.TitleOf(App, Version, Platform, PlanClass);
}

sealed record AppVersionFileRow(string Name, string OpenName, bool MainProgram, long Bytes, string Md5, string Sha256, string Signature);

/// <summary>
/// The programs that are sent out: those signed with the present key, since clients take no others. They are read again every few seconds,
/// so that a version added meanwhile is found; these seconds are elapsed time, whatever the clock is set to.
/// </summary>
sealed class AppVersions(TimeProvider time, PublicKey key)
{
    static readonly TimeSpan s_age = TimeSpan.FromSeconds(5);

    /// <summary>Results of checks by key, MD5 and signature; they never change.</summary>
    static readonly ConcurrentDictionary<(string Key, string Md5, string Signature), bool> s_verified = [];

    readonly Lock _lock = new();
    volatile IReadOnlyList<AppVersionRow> _all = [];
    long? _read;

    public IReadOnlyList<AppVersionRow> All => _all;

    public void Refresh(Session session)
    {
        lock (_lock)
        {
            if (_read is { } read && time.GetElapsedTime(read) < s_age) return;
            _all = [.. ReadAll(session).Where(version => IsSigned(version, key))];
            _read = time.GetTimestamp();
        }
    }

    /// <summary>
    /// The best program of <paramref name="app"/> for the caller; null when there is none. The platform that the client names first, its
    /// own, is preferred: it may only emulate the ones after it.
    /// </summary>
    public AppVersionRow? Best(string app, SchedulerRequest request)
    {
        foreach (var platform in request.Platforms)
        {
            AppVersionRow? best = null;
            foreach (var version in _all)
            {
                if (version.App != app || version.Platform != platform || !PlanClasses.Fits(
                    version.PlanClass, platform, request.Host.Features))
                {
                    continue;
                }

                if (best is null || Rank(version).CompareTo(Rank(best)) > 0) best = version;
            }

            if (best is not null) return best;
        }

        return null;
    }

    public AppVersionRow? Find(long id) => _all.FirstOrDefault(version => version.Id == id);

    static (int Version, double Speed) Rank(AppVersionRow version) => (version.Version, PlanClasses.Speed(version.PlanClass));

    /// <summary>All versions that aren't deprecated, whoever signed them.</summary>
    public static IReadOnlyList<AppVersionRow> ReadAll(Session session)
    {
        var files = session.Rows(
            "SELECT app_version_id, name, open_name, main_program, bytes, md5, sha256, signature FROM app_version_file "
            + "ORDER BY main_program DESC, name",
            row => (Version: row.Long(0),
                File: new AppVersionFileRow(row.Text(1), row.Text(2), row.Bool(3), row.Long(4), row.Text(5), row.Text(6), row.Text(7))))
            .ToLookup(pair => pair.Version, pair => pair.File);
        return session.Rows(
            "SELECT v.id, a.name, a.friendly_name, v.version, v.platform, v.plan_class, v.program_level FROM app_version v "
            + "JOIN app a ON a.id = v.app_id WHERE v.deprecated = 0 ORDER BY v.id",
            row => new AppVersionRow(
                row.Long(0), row.Text(1), row.Text(2), row.Int(3), row.Text(4), row.Text(5), row.Int(6), [.. files[row.Long(0)]]));
    }

    /// <summary>Whether each of its files is signed with <paramref name="key"/>.</summary>
    public static bool IsSigned(AppVersionRow version, PublicKey key) => version.Files.All(file => s_verified.GetOrAdd(
        (key.Text, file.Md5, file.Signature), _ => CodeSigning.VerifyMd5(key, file.Md5, file.Signature)));
}
