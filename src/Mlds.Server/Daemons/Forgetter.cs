using Microsoft.Extensions.Logging;
using Mlds.Server.Accounts;
using Mlds.Server.Contract;
using Mlds.Server.Database;
using Mlds.Server.Http;

namespace Mlds.Server.Daemons;

/// <summary>Deletes once an hour what is kept for a limited time only: hashes of network addresses, and that an account is
/// suspect.</summary>
sealed class Forgetter(ProjectDatabase database, TimeProvider time, ILogger<Forgetter> log)
    : Daemon(new Signal(), TimeSpan.FromHours(1), log)
{
    protected override async Task<bool> Pass(CancellationToken cancellation)
    {
        await database.Write(session => Forget(session, time.UnixSeconds()));
        return false;
    }

    /// <summary>Deletes what is too old at <paramref name="now"/>, Unix seconds.</summary>
    internal static void Forget(Session session, long now)
    {
        var oldest = now - (AddressKeys.Days * 86400L);
        session.Execute("UPDATE account SET address_key = '', address_time = 0 WHERE address_key <> '' AND address_time < $1", oldest);
        session.Execute("DELETE FROM network_address WHERE seen < $1", oldest);
        session.Execute(
            "UPDATE account SET suspect_since = 0 WHERE suspect_since > 0 AND suspect_since < $1 AND blocked_until < $2",
            now - (Suspicion.Days * 86400L), now);
    }
}
