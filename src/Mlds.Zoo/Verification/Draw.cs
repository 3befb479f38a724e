using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mlds.Zoos.Verification;

/// <summary>
/// Which networks or segments are trained again: anyone can work it out again. Within each machine they are ordered by the SHA-256 of the
/// text <c>seed name</c>, so that how long they take has no say; machines take turns, so that each is represented.
/// </summary>
static class Draw
{
    /// <param name="items">What to draw from.</param>
    /// <param name="machine">The machine of an item.</param>
    /// <param name="name">A name that no other item has.</param>
    /// <param name="count">How many; all when there are fewer.</param>
    public static IReadOnlyList<T> Balanced<T>(IEnumerable<T> items, Func<T, string> machine, Func<T, string> name, int count, uint seed)
    {
        var lines = items.GroupBy(machine)
            .OrderBy(group => Key(seed, group.Key), StringComparer.Ordinal)
            .Select(group => group.OrderBy(item => Key(seed, name(item)), StringComparer.Ordinal).Take(count).ToList())
            .ToList();
        var drawn = new List<T>();
        for (var turn = 0; drawn.Count < count && lines.Exists(line => line.Count > turn); turn++)
            drawn.AddRange(lines.Where(line => line.Count > turn).Select(line => line[turn]).Take(count - drawn.Count));
        return drawn;
    }

    static string Key(uint seed, string name) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {name}"))));
}
