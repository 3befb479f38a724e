using System.Runtime.InteropServices;

namespace Mlds.Zoos;

/// <summary>Many networks' weights as one matrix: copied from the database's pages by one thread, unpacked and checked by all.</summary>
/// <param name="networks">The networks wanted, by seed.</param>
/// <param name="check">Throws where a network's weights aren't those of its hash.</param>
/// <param name="damaged">Makes the exception for weights that can't be unpacked, and why.</param>
sealed class WeightMatrixReader(
    StoredNetwork[] networks, WeightMatrixReader.Check check, Func<StoredNetwork, string, Exception?, ZooException> damaged)
{
    /// <summary>Rows checked at a time.</summary>
    const int Chunk = 128;

    public delegate void Check(StoredNetwork network, ReadOnlySpan<byte> weights);

    /// <summary>Blobs that wait for being unpacked into their rows.</summary>
    readonly byte[]?[] _packed = new byte[]?[networks.Length];

    float[] _weights = [];
    int _parameters;

    /// <param name="rows">network_id, weights and their packing of all networks of the machine, by seed.</param>
    public StoredWeights Read(IEnumerable<StoredRow> rows)
    {
        var done = 0;
        var checks = new List<Task>();
        foreach (var row in rows)
        {
            if (done == networks.Length) break;
            if (row.GetInt64(0) != networks[done].Row) continue;
            // The blob where SQLite has it, without an array in between, which would double the time of reading.
            Take(done, row.Blob(1), WeightPacking.IsPacked(row, 2));
            if (++done % Chunk == 0 || done == networks.Length) checks.Add(Later((done - 1) / Chunk * Chunk, done));
        }

        Wait(checks);
        return new StoredWeights(networks, _parameters, _weights);
    }

    void Take(int row, ReadOnlySpan<byte> blob, bool isPacked)
    {
        var count = isPacked ? Guarded(networks[row], blob, WeightPacking.Count) : blob.Length / sizeof(float);
        if (row == 0)
        {
            _parameters = count;
            _weights = GC.AllocateUninitializedArray<float>(MatrixSize.Of(networks.Length, count));
        }

        if (count != _parameters) Refuse(row, isPacked ? Guarded(networks[row], blob, packed => WeightPacking.Unpack([.. packed])) : blob);
        else if (isPacked) _packed[row] = blob.ToArray();
        else if (blob.Length == count * sizeof(float)) blob.CopyTo(Bytes(row));
        else Refuse(row, blob);
    }

    Span<byte> Bytes(int row) => MemoryMarshal.AsBytes(_weights.AsSpan(row * _parameters, _parameters));

    Task Later(int from, int to) => Task.Run(() =>
    {
        for (var i = from; i < to; i++)
        {
            if (_packed[i] is { } packed) Unpack(i, packed);
            check(networks[i], Bytes(i));
        }
    });

    void Unpack(int row, byte[] packed)
    {
        Guarded(networks[row], packed, blob =>
        {
            WeightPacking.Unpack(blob, Bytes(row));
            return true;
        });
        _packed[row] = null;
    }

    void Refuse(int row, ReadOnlySpan<byte> blob)
    {
        check(networks[row], blob);
        throw new ZooException(
            $"Network {networks[row].RecipeId} has {blob.Length / sizeof(float)} weights where {networks[0].RecipeId} "
            + "of the same machine has another number; they don't fit one matrix.");
    }

    T Guarded<T>(StoredNetwork network, ReadOnlySpan<byte> blob, Func<ReadOnlySpan<byte>, T> read)
    {
        try
        {
            return read(blob);
        }
        catch (InvalidDataException exception)
        {
            throw damaged(network, exception.Message.TrimEnd('.'), exception);
        }
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
