using Mlds.Server.Contract;
using Mlds.Server.Database;

namespace Mlds.Server.Science;

/// <summary>How far a host is to be trusted.</summary>
/// <param name="Networks">Networks that it returned and that passed, since it was last caught.</param>
/// <param name="Retrained">How many of those were trained again here.</param>
/// <param name="Waiting">How many of those are in the batch that waits to be taken over.</param>
/// <param name="Standing">The standing that was last given.</param>
/// <param name="Times">How often it was caught.</param>
sealed record HostTrust(long HostId, long Networks, long Retrained, long Waiting, HostStanding Standing, long Times)
{
    public static HostTrust Read(Session session, long host) =>
        session.Row(
            "SELECT networks, retrained, waiting, trusted, caught FROM science_host WHERE host_id = $1",
            row => new HostTrust(
                host, row.Long(0), row.Long(1), row.Long(2), row.Bool(3) ? HostStanding.Trusted : HostStanding.Provisional, row.Long(4)),
            host)
        ?? new HostTrust(host, 0, 0, 0, HostStanding.Provisional, 0);

    /// <summary>
    /// The trust after a result that passed. When enough of the waiting batch has been trained again, the whole batch is taken over and the
    /// next one begins.
    /// </summary>
    public HostTrust After(int networks, int retrained, ReplayPolicy policy)
    {
        var waiting = Waiting + retrained;
        var released = waiting >= policy.Release;
        return this with
        {
            Networks = Networks + networks,
            Retrained = Retrained + retrained,
            Waiting = released ? 0 : waiting,
            Standing = released ? HostStanding.Trusted : HostStanding.Provisional,
        };
    }

    /// <summary>The trust after false work: it begins anew, and what the host did stays known.</summary>
    public HostTrust Caught() => new(HostId, 0, 0, 0, HostStanding.Caught, Times + 1);

    /// <summary>
    /// The trust in a machine that was two hosts. Networks of both count, unless one was ever caught: then only as many as the host with
    /// fewer has, so that no good record washes off a bad one. What waits from either has to earn its release with the smaller number of
    /// right networks.
    /// </summary>
    public HostTrust With(HostTrust other)
    {
        if (other is { Networks: 0, Retrained: 0, Waiting: 0, Times: 0 }) return this;
        var clean = Times + other.Times == 0;
        return this with
        {
            Networks = clean ? Networks + other.Networks : Math.Min(Networks, other.Networks),
            Retrained = clean ? Retrained + other.Retrained : Math.Min(Retrained, other.Retrained),
            Waiting = Math.Min(Waiting, other.Waiting),
            Standing = (HostStanding)Math.Min((int)Standing, (int)other.Standing),
            Times = Times + other.Times,
        };
    }

    public HostTrust Write(Session session)
    {
        session.Execute(
            "INSERT INTO science_host (host_id, networks, retrained, waiting, trusted, caught) VALUES ($1, $2, $3, $4, $5, $6) "
            + "ON CONFLICT (host_id) DO UPDATE SET networks = excluded.networks, retrained = excluded.retrained, "
            + "waiting = excluded.waiting, trusted = excluded.trusted, caught = excluded.caught",
            HostId, Networks, Retrained, Waiting, Standing == HostStanding.Trusted ? 1L : 0L, Times);
        return this;
    }
}
