using System.Numerics;

namespace Mlds.Boinc.Signing;

/// <summary>A public key of 1024 bits: modulus and exponent, 128 bytes each.</summary>
public sealed class PublicKey
{
    readonly BigInteger _exponent;
    readonly ModularPower _power;

    internal PublicKey(BigInteger modulus, BigInteger exponent)
    {
        (Modulus, _exponent, _power) = (modulus, exponent, new ModularPower(modulus));
        Text = KeyText.Key([.. KeyText.Padded(modulus, CodeSigning.KeyBytes), .. KeyText.Padded(exponent, CodeSigning.KeyBytes)]);
    }

    internal BigInteger Modulus { get; }

    /// <summary>The key as BOINC's tools and clients write it.</summary>
    public string Text { get; }

    /// <summary>Reads a key's text; null when it isn't one.</summary>
    public static PublicKey? Parse(string text)
    {
        var bytes = KeyText.ParseKey(text, 2 * CodeSigning.KeyBytes);
        if (bytes is null) return null;
        var modulus = KeyText.Number(bytes.AsSpan(0, CodeSigning.KeyBytes));
        return modulus.IsEven || modulus.GetBitLength() < CodeSigning.KeyBits - 8
            ? null
            : new(modulus, KeyText.Number(bytes.AsSpan(CodeSigning.KeyBytes)));
    }

    internal BigInteger Power(BigInteger value) => _power.Of(value, _exponent);
}
