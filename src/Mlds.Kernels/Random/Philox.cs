namespace Mlds.Kernels.Random;

/// <summary>
/// Philox4x32-10, a counter-based random number generator: a bijection of 128-bit counters for each 64-bit key, so that any block of
/// any stream can be had at once and nothing needs to be kept in a checkpoint.
/// </summary>
/// <remarks>
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: Parallel Random Numbers: As Easy as 1, 2, 3. SC'11, doi:10.1145/2063384.2063405,
/// §4.3 and Table 2. Words are numbered as in the paper's reference library Random123, whose known-answer vectors it reproduces.
/// </remarks>
public static class Philox
{
    /// <summary>Rounds of the bijection; the paper's choice with a safety margin (7 suffice for BigCrush).</summary>
    public const int Rounds = 10;

    const uint Multiplier0 = 0xD2511F53;
    const uint Multiplier1 = 0xCD9E8D57;
    const uint Weyl0 = 0x9E3779B9; // the golden ratio
    const uint Weyl1 = 0xBB67AE85; // √3 − 1

    /// <summary>The four random words of one counter under one key.</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * counter0;
            var product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter1 = (uint)product1;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter3 = (uint)product0;
            unchecked
            {
                key0 += Weyl0;
                key1 += Weyl1;
            }
        }

        return (counter0, counter1, counter2, counter3);
    }
}
