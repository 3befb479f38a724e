using Mlds.Bundles;
using Mlds.Server.Science;
using Mlds.Training;

namespace Mlds.Server.Tests.Science;

/// <summary>How soon hosts that forge are caught: the numbers of docs/results/forgery.json.</summary>
static class ForgeryRate
{
    const int EpochLimit = 50;
    const int UnitNetworks = 20;

    /// <summary>Honest and forged networks to make results of; training them is the slow part.</summary>
    const int Pool = 24;

    public static IReadOnlyDictionary<string, Func<BundleNetwork, int, TrainedPart?>> Kinds { get; } =
        new Dictionary<string, Func<BundleNetwork, int, TrainedPart?>>
        {
            ["wrong seed"] = Forgers.WrongSeed,
            ["permuted copy"] = Forgers.Permuted,
            ["planted key"] = Forgers.Planted,
        };

    /// <summary>
    /// Networks that each host returned until the examination of its results caught it. Everything is really done: files read, losses
    /// computed anew, networks trained again.
    /// </summary>
    /// <param name="share">The share of networks that are trained again.</param>
    /// <param name="forgeOneIn">One network in this many is forged.</param>
    public static List<int> UntilCaught(string kind, double share, int forgeOneIn, int hosts)
    {
        var pool = MakePool(kind);
        var examiner = new ResultExaminer();
        var lot = new ReplayLot($"secret of {kind} {share} {forgeOneIn}");
        return [.. Enumerable.Range(0, hosts).AsParallel().WithDegreeOfParallelism(2).Select(host => Host(host))];

        int Host(int host)
        {
            var random = new Random(host);
            var returned = 0;
            for (var unit = 0; ; unit++)
            {
                var networks = Enumerable.Range(0, UnitNetworks)
                    .Select(_ => (pool[random.Next(pool.Count)], Forges: random.Next(forgeOneIn) == 0))
                    .DistinctBy(network => network.Item1.Asked.Recipe.Id).ToList();
                var bundle = Bundle.Of(EpochLimit, networks.ConvertAll(network => network.Item1.Asked));
                var result = new BundleResult(
                    bundle.Sha256, new Provenance("", "", "", "", 0), KnownAnswer.Expected,
                    networks.ConvertAll(network => network.Forges ? network.Item1.Forged : network.Item1.Honest));
                var last = 0;
                var examined = examiner.Examine(
                    result.ToBytes(), bundle, (position, _) => lot.Draw($"{host}/{unit}", last = position) < share,
                    _ => null, CancellationToken.None);
                if (examined.Fault is not null) return returned + last + 1;
                returned += networks.Count;
            }
        }
    }

    /// <summary>The share of forging hosts that get a forged network taken over before they are caught, by the policy alone.</summary>
    /// <param name="honestFirst">Honest networks returned before the first forged one.</param>
    public static double Escaping(ReplayPolicy policy, double forgedShare, int honestFirst, int hosts)
    {
        var random = new Random(1);
        return Enumerable.Range(0, hosts).Count(_ => Escapes(policy, forgedShare, honestFirst, random)) / (double)hosts;
    }

    /// <summary>What a host that forges every network returns until it is caught: the q-quantile of a geometric distribution.</summary>
    public static int Expected(double share, int forgeOneIn, double quantile) =>
        share / forgeOneIn >= 1 ? 1 : (int)Math.Ceiling(Math.Log(1 - quantile) / Math.Log(1 - (share / forgeOneIn)));

    static bool Escapes(ReplayPolicy policy, double forgedShare, int honestFirst, Random random)
    {
        var (retrained, forgedWaiting) = (0, false);
        for (var n = 0; ; n++)
        {
            var forged = n >= honestFirst && random.NextDouble() < forgedShare;
            forgedWaiting |= forged;
            if (random.NextDouble() < policy.Share(n))
            {
                if (forged) return false;
                retrained++;
            }

            // Batches are taken over at the end of a unit.
            if ((n + 1) % UnitNetworks != 0 || retrained < policy.Release) continue;
            if (forgedWaiting) return true;
            retrained = 0;
        }
    }

    static List<(BundleNetwork Asked, TrainedPart Honest, TrainedPart Forged)> MakePool(string kind)
    {
        var pool = new List<(BundleNetwork, TrainedPart, TrainedPart)>();
        for (uint seed = 0; pool.Count < Pool; seed++)
        {
            var asked = new BundleNetwork(Small.Population.Recipe("SingleDirectMachine", seed), null);
            if (Kinds[kind](asked, EpochLimit) is { } forged) pool.Add((asked, Volunteer.Train(asked, EpochLimit), forged));
        }

        return pool;
    }
}
