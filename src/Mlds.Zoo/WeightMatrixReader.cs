using System.Runtime.InteropServices;

namespace Mlds.Zoos;

/// <summary>Many networks' weights as one matrix: copied from the database's pages by one thread, checked by all.</summary>
static class WeightMatrixReader
{
    /// <summary>Rows checked at a time.</summary>
    const int Chunk = 128;

    public delegate void Check(StoredNetwork network, ReadOnlySpan<byte> weights);

    /// <param name="networks">The networks wanted, by seed.</param>
    /// <param name="rows">network_id and weights of all networks of the machine, by seed.</param>
    public static StoredWeights Read(StoredNetwork[] networks, IEnumerable<StoredRow> rows, Check check)
    {
        var (weights, parameters, done) = (Array.Empty<float>(), 0, 0);
        var checks = new List<Task>();
        foreach (var row in rows)
        {
            if (done == networks.Length) break;
            if (row.GetInt64(0) != networks[done].Row) continue;
            // The blob where SQLite has it, without an array in between, which would double the time of reading.
            var blob = row.Blob(1);
            if (done == 0)
            {
                parameters = blob.Length / sizeof(float);
                weights = GC.AllocateUninitializedArray<float>(MatrixSize.Of(networks.Length, parameters));
            }

            if (blob.Length == parameters * sizeof(float)) blob.CopyTo(Bytes(weights, parameters, done));
            else Refuse(networks, done, blob, check);
            if (++done % Chunk == 0 || done == networks.Length)
                checks.Add(Later(networks, weights, parameters, (done - 1) / Chunk * Chunk, done, check));
        }

        Wait(checks);
        return new StoredWeights(networks, parameters, weights);
    }

    static Span<byte> Bytes(float[] weights, int parameters, int row) =>
        MemoryMarshal.AsBytes(weights.AsSpan(row * parameters, parameters));

    static Task Later(StoredNetwork[] networks, float[] weights, int parameters, int from, int to, Check check) => Task.Run(() =>
    {
        for (var i = from; i < to; i++) check(networks[i], Bytes(weights, parameters, i));
    });

    static void Refuse(StoredNetwork[] networks, int row, ReadOnlySpan<byte> blob, Check check)
    {
        check(networks[row], blob);
        throw new ZooException(
            $"Network {networks[row].RecipeId} has {blob.Length / sizeof(float)} weights where {networks[0].RecipeId} "
            + "of the same machine has another number; they don't fit one matrix.");
    }

    static void Wait(List<Task> checks)
    {
        try
        {
            Task.WaitAll(checks);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.OfType<ZooException>().FirstOrDefault() is { } first)
        {
            throw first;
        }
    }
}
