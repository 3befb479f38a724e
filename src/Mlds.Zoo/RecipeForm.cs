using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mlds.Zoos;

/// <summary>
/// A recipe's canonical JSON around the value of its top-level <c>seed</c>. All networks of a machine share both halves, so the zoo keeps
/// them once, and a network takes little more than its weights.
/// </summary>
readonly record struct RecipeForm(string BeforeSeed, string AfterSeed)
{
    /// <summary>Cuts <paramref name="canonicalJson"/> at its seed.</summary>
    /// <exception cref="FormatException">No top-level <c>seed</c>.</exception>
    public static RecipeForm Of(string canonicalJson)
    {
        var bytes = Encoding.UTF8.GetBytes(canonicalJson);
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("seed")) continue;
            reader.Read();
            return new RecipeForm(
                Encoding.UTF8.GetString(bytes.AsSpan(0, (int)reader.TokenStartIndex)),
                Encoding.UTF8.GetString(bytes.AsSpan((int)reader.BytesConsumed)));
        }

        throw new FormatException("A recipe has a top-level 'seed'; this one has none.");
    }

    /// <summary>The canonical JSON of the recipe with <paramref name="seed"/>.</summary>
    public string With(uint seed) => string.Create(CultureInfo.InvariantCulture, $"{BeforeSeed}{seed}{AfterSeed}");
}
