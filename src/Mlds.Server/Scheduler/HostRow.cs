using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mlds.Boinc.Rules;
using Mlds.Boinc.Scheduling;
using Mlds.Server.Accounts;
using Mlds.Server.Database;

namespace Mlds.Server.Scheduler;

/// <summary>The calling host, as it was before this call.</summary>
/// <param name="MergedInto">The host that it was merged into; 0: none.</param>
sealed record HostRow(
    long Id, long AccountId, long Created, long RpcTime, long RpcSeqno, long BlockedUntil, string BlockedReason,
    double TotalCredit, RecentCredit Recent, long MergedInto = 0)
{
    /// <summary>Processors that a host is believed to have before it has returned anything.</summary>
    const int BelievedProcessors = 16;

    const string Columns =
        "id, account_id, created, rpc_time, rpc_seqno, blocked_until, blocked_reason, total_credit, "
        + "recent_credit, recent_time, merged_into, proven_at, valid_results";

    /// <summary>When it first earned trust since it was last caught; 0: it hasn't.</summary>
    public long ProvenAt { get; init; }

    public long ValidResults { get; init; }

    /// <summary>
    /// The processors that count: a machine may claim any number, so for each beyond a few it must have returned a valid result.
    /// </summary>
    public int Processors(HostDescription said) => (int)Math.Min(said.Processors, BelievedProcessors + ValidResults);

    static HostRow Read(DbDataReader row) =>
        new(
            row.Long(0), row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.Long(5), row.Text(6),
            row.Real(7), new(row.Real(8), row.Real(9)), row.Long(10))
        {
            ProvenAt = row.Long(11),
            ValidResults = row.Long(12),
        };

    /// <summary>The host of that number, or the one that it was merged into.</summary>
    public static HostRow? ById(Session session, long id)
    {
        var host = session.Row($"SELECT {Columns} FROM host WHERE id = $1", Read, id);
        return host is { MergedInto: > 0 } ? ById(session, host.MergedInto) : host;
    }

    /// <summary>
    /// The account's newest host that this machine may be: with the same cross-project id, and the same processor and system. Without such
    /// an id: with the same name, processor and memory.
    /// </summary>
    public static HostRow? Matching(Session session, AccountRow account, HostDescription host)
    {
        if (host.Cpid.Length > 0)
        {
            return session.Row(
                $"SELECT {Columns} FROM host WHERE account_id = $1 AND cpid = $2 AND vendor = $3 AND model = $4 "
                + "AND os_name = $5 AND merged_into = 0 ORDER BY id DESC LIMIT 1",
                Read, account.Id, Cpid(host, account), host.Vendor, host.Model, host.OsName);
        }

        if (host.Name.Length == 0) return null;
        return session.Row(
            $"SELECT {Columns} FROM host WHERE account_id = $1 AND name = $2 AND model = $3 AND memory = $4 "
            + "AND os_name = $5 AND merged_into = 0 ORDER BY id DESC LIMIT 1",
            Read, account.Id, host.Name, host.Model, host.MemoryBytes, host.OsName);
    }

    /// <summary>
    /// The host's id across projects, as it is stored: hashed with the owner's address, so that a data directory copied from somebody else
    /// makes another host.
    /// </summary>
    static string Cpid(HostDescription host, AccountRow account) =>
        host.Cpid.Length == 0 ? "" : Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(host.Cpid + account.Email)));

    public static HostRow Insert(Session session, AccountRow account, SchedulerRequest request, long now)
    {
        var host = request.Host;
        var id = session.Number(
            "INSERT INTO host (account_id, created, rpc_time, rpc_seqno, cpid, name, client_version, "
            + "timezone, processors, vendor, model, features, fpops, iops, memory_bandwidth, memory, cache, "
            + "swap, disk_total, disk_free, os_name, os_version, on_fraction, active_fraction, upload_rate, download_rate) VALUES ($1, $2, "
            + "0, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) RETURNING id",
            account.Id, now, Cpid(host, account), host.Name, ClientVersion(request), host.Timezone, (long)host.Processors,
            host.Vendor, host.Model, host.Features, host.Fpops, host.Iops, host.MemoryBandwidth, host.MemoryBytes,
            host.CacheBytes, host.SwapBytes, host.DiskTotal, host.DiskFree, host.OsName, host.OsVersion,
            host.OnFraction, host.ActiveFraction, host.UploadRate, host.DownloadRate)!.Value;
        return new(id, account.Id, now, 0, 0, 0, "", 0, default);
    }

    /// <summary>Notes the call and what the client says of the machine.</summary>
    public void Update(Session session, AccountRow account, SchedulerRequest request, long rpcSeqno, long now)
    {
        var host = request.Host;
        session.Execute(
            "UPDATE host SET rpc_time = $2, rpc_seqno = $3, cpid = $4, name = $5, client_version = $6, processors = $7, vendor = $8, "
            + "model = $9, features = $10, fpops = $11, iops = $12, memory = $13, disk_total = $14, disk_free = $15, os_name = $16, "
            + "os_version = $17, on_fraction = $18, active_fraction = $19, upload_rate = $20, download_rate = $21 WHERE id = $1",
            Id, now, rpcSeqno, Cpid(host, account), host.Name, ClientVersion(request), (long)host.Processors,
            host.Vendor, host.Model, host.Features, host.Fpops, host.Iops, host.MemoryBytes, host.DiskTotal,
            host.DiskFree, host.OsName, host.OsVersion, host.OnFraction, host.ActiveFraction, host.UploadRate, host.DownloadRate);
    }

    static string ClientVersion(SchedulerRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"{request.ClientMajor}.{request.ClientMinor}.{request.ClientRelease}");
}
