using System.Globalization;

namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>The two tables of docs/same-bits.md: what was trained, and by which ways.</summary>
sealed class BitsPage(string path)
{
    const string Begin = "<!-- Written by SameBitsTests with MLDS_WRITE_BITS=1 -->";
    const string End = "<!-- End of what SameBitsTests writes -->";

    readonly List<string> _recipes =
        ["| network | recipe id | epochs | validation loss | SHA-256 of the weights |", "|---|---|---|---|---|"];
    readonly List<string> _paths = ["| way | forced by | kernels | SHA-256 of all |", "|---|---|---|---|"];

    /// <summary>Lines that a page made elsewhere has too.</summary>
    readonly List<string> _sure = [];

    public void Recipes(IReadOnlyList<Trained> networks)
    {
        foreach (var (recipe, network) in BitsRecipe.All.Zip(networks))
        {
            Add(_recipes, string.Create(
                CultureInfo.InvariantCulture,
                $"| {recipe.Network} | `{network.RecipeId}` | {network.Epochs} | {network.ValidationLoss:g4} "
                + $"| `{network.WeightsSha256}` |"));
        }
    }

    public void Ran(BitsPath path, IReadOnlyList<Trained> networks) =>
        Add(_paths, $"| {path.Name} | {path.How} | {path.Kernels} | `{Trained.Digest(networks)}` |");

    public void NotRun(BitsPath path, string reason) => _paths.Add($"| {path.Name} | {path.How} | not run: {reason} | |");

    void Add(List<string> table, string line)
    {
        table.Add(line);
        _sure.Add(line);
    }

    /// <summary>Whatever ran here stands in the page with the same hash.</summary>
    public void Check()
    {
        var lines = File.ReadAllLines(path);
        foreach (var line in _sure)
        {
            Assert.True(
                lines.Contains(line), $"{path} lacks this line, which was found here; MLDS_WRITE_BITS=1 writes the page anew:\n{line}");
        }
    }

    public void Write()
    {
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= 0 && end > begin, $"{path} has lost its marks.");
        File.WriteAllText(path, $"{text[..begin]}{Begin}\n\n{string.Join('\n', _recipes)}\n\n{string.Join('\n', _paths)}\n\n{text[end..]}");
    }
}
