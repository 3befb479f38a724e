using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mlds.Training;
using Mlds.Zoos;
using ZstdSharp;

namespace Mlds.Benchmarks;

/// <summary>
/// What lossless ways of packing make of the weights of real zoos, in bytes per network, and how long packing and unpacking take
/// (docs/decisions/0013).
/// </summary>
static class PackingBenchmark
{
    /// <summary>Networks of a zoo that are packed.</summary>
    const int Most = 200;

    public static int Run(string[] zoos)
    {
        Console.WriteLine(
            new JsonArray([.. zoos.Select(folder => (JsonNode)Measure(folder))])
                .ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return 0;
    }

    static JsonObject Measure(string folder)
    {
        using var zoo = Zoo.Open(folder);
        var all = zoo.Networks().ToList();
        byte[][] weights = [.. all.Where((_, i) => i % Math.Max(1, all.Count / Most) == 0).Take(Most)
            .Select(network => WeightsHash.Bytes(zoo.ReadWeights(network)))];
        double Mean(Func<byte[], int> size) => Math.Round(weights.Average(size), 1);
        var (packing, unpacking, packed) = (new Stopwatch(), new Stopwatch(), 0L);
        foreach (var plain in weights)
        {
            packing.Start();
            var (how, blob) = WeightPacking.Pack(plain);
            packing.Stop();
            packed += blob.Length;
            if (how == WeightPacking.Plain) continue;
            unpacking.Start();
            var back = WeightPacking.Unpack(blob);
            unpacking.Stop();
            if (!back.AsSpan().SequenceEqual(plain)) throw new InvalidOperationException("The weights didn't come back.");
        }

        return new JsonObject
        {
            ["population"] = zoo.Population.Name,
            ["networks"] = weights.Length,
            ["plain"] = Mean(plain => plain.Length),
            ["zstd_3"] = Mean(plain => Zstd(plain, 3)),
            ["zstd_19"] = Mean(plain => Zstd(plain, 19)),
            ["shuffled_zstd_3"] = Mean(plain => Zstd(Shuffled(plain), 3)),
            ["shuffled_zstd_19"] = Mean(plain => Zstd(Shuffled(plain), 19)),
            ["bytes_apart_zstd_19"] = Mean(plain => Shuffled(plain).Chunk(plain.Length / 4)
                .Sum(bytes => Math.Min(bytes.Length, Zstd(bytes, 19)))),
            ["exponents_apart"] = Math.Round((double)packed / weights.Length, 1),
            ["pack_microseconds"] = Math.Round(packing.Elapsed.TotalMicroseconds / weights.Length, 1),
            ["unpack_microseconds"] = Math.Round(unpacking.Elapsed.TotalMicroseconds / weights.Length, 1),
            ["zoo_bytes_per_network"] = zoo.Status().BytesPerNetwork,
        };
    }

    static int Zstd(byte[] bytes, int level)
    {
        using var compressor = new Compressor(level);
        return compressor.Wrap(bytes).Length;
    }

    /// <summary>First the lowest byte of every number, then the next.</summary>
    static byte[] Shuffled(byte[] plain)
    {
        var count = plain.Length / 4;
        var shuffled = new byte[plain.Length];
        for (var i = 0; i < plain.Length; i++) shuffled[((i % 4) * count) + (i / 4)] = plain[i];
        return shuffled;
    }
}
