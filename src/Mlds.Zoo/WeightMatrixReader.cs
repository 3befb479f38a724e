using System.Runtime.InteropServices;

namespace Mlds.Zoos;

/// <summary>Many networks' weights as one matrix: read in order by one thread, checked by all.</summary>
static class WeightMatrixReader
{
    const int Chunk = 256;

    public static StoredWeights Read(StoredNetwork[] networks, Func<StoredNetwork, byte[]> read, Action<StoredNetwork, byte[]> check)
    {
        if (networks.Length == 0) return new StoredWeights(networks, 0, []);
        var first = read(networks[0]);
        var parameters = first.Length / sizeof(float);
        var weights = new float[(long)networks.Length * parameters];
        var checks = new List<Task>();
        for (var start = 0; start < networks.Length; start += Chunk)
        {
            var rows = new (StoredNetwork Network, byte[] Bytes)[Math.Min(Chunk, networks.Length - start)];
            for (var i = 0; i < rows.Length; i++) rows[i] = (networks[start + i], read(networks[start + i]));
            var from = start;
            checks.Add(Task.Run(() => Take(rows, check, weights, parameters, from)));
        }

        try
        {
            Task.WaitAll(checks);
        }
        catch (AggregateException exception)
        {
            throw exception.InnerExceptions.OfType<ZooException>().FirstOrDefault() ?? (Exception)exception;
        }

        return new StoredWeights(networks, parameters, weights);
    }

    static void Take((StoredNetwork Network, byte[] Bytes)[] rows, Action<StoredNetwork, byte[]> check, float[] weights, int parameters, int from)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            check(rows[i].Network, rows[i].Bytes);
            if (rows[i].Bytes.Length != parameters * sizeof(float))
                throw new ZooException($"Network {rows[i].Network.RecipeId} has {rows[i].Bytes.Length / sizeof(float)} weights where others of {rows[i].Network.Machine} have {parameters}; they don't fit one matrix.");
            MemoryMarshal.Cast<byte, float>(rows[i].Bytes).CopyTo(weights.AsSpan((from + i) * parameters, parameters));
        }
    }
}
