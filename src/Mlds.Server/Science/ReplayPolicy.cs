using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Server.Science;

/// <summary>
/// How much of what a host returns is trained again here. All of its first networks; then ever fewer, but never none. What it returned is
/// taken over only after a number of its networks, chosen at random, have been found right (docs/decisions/0010).
/// </summary>
/// <param name="First">Networks of a new host that are all trained again.</param>
/// <param name="Floor">The share that is trained again for ever, above 0.</param>
/// <param name="Release">Networks of a batch that have to be found right before the whole batch is taken over.</param>
public sealed record ReplayPolicy(int First, double Floor, int Release)
{
    public static ReplayPolicy Default { get; } = new(First: 20, Floor: 0.02, Release: 40);

    /// <summary>
    /// The probability that a host's next network is trained again when it has returned <paramref name="networks"/> before.
    /// </summary>
    public double Share(long networks) => networks < First ? 1 : Math.Max(Floor, (double)First / (networks + 1));
}

/// <summary>
/// The random draw for a network. It follows from a secret of the project and the result's name, so it is the same however often it is
/// asked for, and no host can know it, neither before it returns the network nor after.
/// </summary>
public sealed class ReplayLot(string secret)
{
    readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <summary>A new secret.</summary>
    public static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>A number of [0, 1) for the network at <paramref name="position"/> of a result.</summary>
    public double Draw(string result, int position)
    {
        var hash = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{result}/{position}")));
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>A number by which things can be sorted into an order that nobody can foresee.</summary>
    public long Place(string what) =>
        (long)(BinaryPrimitives.ReadUInt64LittleEndian(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(what))) >> 2);
}
