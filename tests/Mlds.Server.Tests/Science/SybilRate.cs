using Mlds.Boinc.Rules;
using Mlds.Server.Science;

namespace Mlds.Server.Tests.Science;

/// <summary>What one person gets into the zoo, and what it costs the server, in so many networks.</summary>
/// <param name="Returned">Networks returned.</param>
/// <param name="TakenOver">Of those, taken over.</param>
/// <param name="Forged">Of those, forged.</param>
/// <param name="TrainedHere">Networks that the server trained again.</param>
/// <param name="Hosts">Hosts made.</param>
/// <param name="Caught">Of those, caught.</param>
sealed record SybilOutcome(long Returned, long TakenOver, long Forged, long TrainedHere, long Hosts, long Caught);

/// <summary>
/// One person with accounts and hosts as many as he likes, each at a network address of its own, which is the best he can do; a host that
/// is caught leaves and comes back as a new one as soon as it may. By the rules themselves (<see cref="ReplayPolicy"/>,
/// <see cref="Allowance"/>), an hour at a time, each host with one unit of 20 networks an hour. Held results are never computed again
/// merely because they are old: the server has no time to spare.
/// </summary>
/// <param name="limited">Whether accounts have allowances and are suspect once a host of theirs was caught; false: as it was
/// before.</param>
sealed class SybilRate(ReplayPolicy policy, bool limited, double forgedShare, int honestFirst, int seed)
{
    const int UnitNetworks = 20;
    const int HoursADay = 24;
    const int NewAccountTasks = 16;

    /// <summary>Tasks per day for each that may be held at a time, by the default settings.</summary>
    const double ADay = 50;

    readonly Random _random = new(seed);
    long _returned;
    long _takenOver;
    long _forged;
    long _trainedHere;
    long _hosts;
    long _caught;

    public SybilOutcome Run(int accounts, int hosts, int days)
    {
        for (var account = 0; account < accounts; account++) Account(hosts, days);
        return new(_returned, _takenOver, _forged, _trainedHere, _hosts, _caught);
    }

    void Account(int wanted, int days)
    {
        var (hosts, allowance, suspect) = (new List<Host>(), new Allowance(NewAccountTasks, 0, 0, 0), false);
        for (var hour = 0; hour < days * HoursADay; hour++)
        {
            var day = hour / HoursADay;
            while (hosts.Count < wanted && (!limited || allowance.HostsLeft(day, suspect) > 0))
            {
                hosts.Add(new Host());
                _hosts++;
                allowance = allowance.AfterNewHost(day);
            }

            var (left, unproven) = (limited ? allowance.Left(day, 0, ADay) : long.MaxValue, allowance.OfSuspects);
            foreach (var host in hosts.ToList())
            {
                if (left <= 0) break;
                var isSuspect = limited && suspect && !host.Proven;
                if (isSuspect && unproven-- <= 0) continue;
                left--;
                allowance = allowance.AfterSent(day, 1);
                if (Unit(host, isSuspect))
                {
                    allowance = allowance with { Tasks = allowance.Tasks + 1 };
                    continue;
                }

                hosts.Remove(host);
                _caught++;
                suspect = true;
                allowance = allowance with { Tasks = Math.Max(0, allowance.Tasks - 1 - host.HeldUnits) };
            }
        }
    }

    /// <summary>One unit returned; false: the host was caught with it.</summary>
    bool Unit(Host host, bool isSuspect)
    {
        var (forgedHere, trained) = (0, 0);
        _returned += UnitNetworks;
        for (var i = 0; i < UnitNetworks; i++)
        {
            var forged = host.Networks + i >= honestFirst && _random.NextDouble() < forgedShare;
            if (isSuspect || _random.NextDouble() < policy.Share(host.Networks + i))
            {
                _trainedHere++;
                if (forged) return false;
                trained++;
            }
            else if (forged)
            {
                forgedHere++;
            }
        }

        host.Networks += UnitNetworks;
        host.Waiting += trained;
        if (trained == UnitNetworks) _takenOver += UnitNetworks;
        else (host.Held, host.HeldForged, host.HeldUnits) = (host.Held + UnitNetworks, host.HeldForged + forgedHere, host.HeldUnits + 1);
        if (host.Waiting < policy.Release) return true;
        _takenOver += host.Held;
        _forged += host.HeldForged;
        (host.Waiting, host.Held, host.HeldForged, host.HeldUnits, host.Proven) = (0, 0, 0, 0, true);
        return true;
    }

    sealed class Host
    {
        public long Networks { get; set; }
        public int Waiting { get; set; }
        public int Held { get; set; }
        public int HeldForged { get; set; }
        public int HeldUnits { get; set; }
        public bool Proven { get; set; }
    }
}
