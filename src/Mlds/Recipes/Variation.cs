using System.Globalization;
using Mlds.Kernels.Random;

namespace Mlds.Recipes;

/// <summary>
/// In what the networks of every machine of a population differ besides their seed: the <c>vary</c> of its file
/// (docs/formats/population.md). The network of seed s takes a point of the grid, and draws of its own; so any first n seeds are a
/// population too, and networks of equal seed have equal settings.
/// </summary>
sealed class Variation
{
    /// <summary>Networks of a sweep.</summary>
    internal const int MostNetworks = 1_000_000;

    const int MostFields = 16;

    readonly IReadOnlyList<(VariedField Field, IReadOnlyList<FactorValue> Values)> _grid;
    readonly IReadOnlyList<(VariedField Field, Draw Draw)> _drawn;
    readonly uint _seed;

    Variation(
        IReadOnlyList<(VariedField, IReadOnlyList<FactorValue>)> grid, IReadOnlyList<(VariedField, Draw)> drawn, uint seed) =>
        (_grid, _drawn, _seed) = (grid, drawn, seed);

    /// <summary>No variation: networks differ in machine and seed alone.</summary>
    internal static Variation None { get; } = new([], [], 0);

    internal bool IsNone => _grid.Count == 0 && _drawn.Count == 0;

    /// <summary>Whether nothing is drawn, so that there are no more settings than points.</summary>
    internal bool IsGrid => _drawn.Count == 0;

    /// <summary>Points of the grid, 1 without one.</summary>
    internal int Points => _grid.Aggregate(1, (points, axis) => points * axis.Values.Count);

    /// <summary>The varied fields by their factor's name.</summary>
    internal IReadOnlyList<VariedField> Fields =>
        field ??= [.. _grid.Select(one => one.Field).Concat(_drawn.Select(one => one.Field))
            .OrderBy(one => one.Factor.Name, StringComparer.Ordinal)];

    /// <summary>The factors of the varied fields, by name; a grid's with their values.</summary>
    internal IReadOnlyList<Factor> Factors =>
        field ??= [.. Fields.Select(one => one.Factor with { Values = _grid.FirstOrDefault(grid => grid.Field == one).Values ?? [] })];

    /// <summary>
    /// (s + t(t + 1)/2) mod G, t = ⌊s / G⌋: every G seeds have every point once. Each next G begin further on, since sides of a split go by
    /// the seed's remainder too, and a point's seeds should be on all of them.
    /// </summary>
    internal uint PointOf(uint seed)
    {
        var (points, turn) = ((ulong)Points, (ulong)seed / (uint)Points);
        var (even, odd) = turn % 2 == 0 ? (turn / 2, turn + 1) : ((turn + 1) / 2, turn);
        return (uint)((seed + (even % points * (odd % points))) % points);
    }

    /// <summary>What the network of <paramref name="seed"/> has of every varied field, in the order of <see cref="Fields"/>.</summary>
    internal IReadOnlyList<(VariedField Field, FactorValue Value)> Of(uint seed)
    {
        var settings = new List<(VariedField Field, FactorValue Value)>();
        // The last field changes fastest.
        var point = PointOf(seed);
        foreach (var (field, values) in _grid.Reverse())
        {
            settings.Add((field, values[(int)(point % (uint)values.Count)]));
            point /= (uint)values.Count;
        }

        var random = new PhiloxStream(_seed, RandomStream.Variation, seed);
        foreach (var (field, draw) in _drawn) settings.Add((field, draw.Next(ref random)));
        return [.. settings.OrderBy(setting => setting.Field.Factor.Name, StringComparer.Ordinal)];
    }

    /// <summary>The <c>vary</c> of a population file, or <see cref="None"/>.</summary>
    /// <exception cref="FormatException">Not one, or a grid of more than <see cref="MostNetworks"/> networks.</exception>
    internal static Variation Read(StrictJson population)
    {
        if (population.Optional("vary") is not { } json) return None;
        json.WithKeys("grid", "draw");
        var grid = json.Optional("grid") is { } points ? ReadGrid(points) : [];
        var (drawn, seed) = json.Optional("draw") is { } draws ? ReadDraws(draws) : ([], 0U);
        if (grid.Count + drawn.Count is 0 or > MostFields)
        {
            throw json.Error(
                $"varies {grid.Count + drawn.Count} fields; give 1 to {MostFields}, in 'grid' or 'draw', or leave 'vary' out");
        }

        foreach (var (field, _) in drawn)
        {
            if (grid.Any(one => one.Field == field))
                throw json.Error($"'{field.Path}' is in 'grid' and in 'draw'; a field can be varied in one of them only");
        }

        CheckSize(population, json, grid);
        return new Variation(grid, drawn, seed);
    }

    /// <summary>Said before anything of that size is made.</summary>
    static void CheckSize(
        StrictJson population, StrictJson json, IReadOnlyList<(VariedField Field, IReadOnlyList<FactorValue> Values)> grid)
    {
        var machines = population.Optional("machines") is { } entries ? Math.Max(1, entries.Items().Count) : 1;
        var all = grid.Aggregate((double)machines, (product, field) => product * field.Values.Count);
        if (all <= MostNetworks) return;
        var sizes = string.Join(" × ", grid.Select(one => one.Values.Count));
        throw json.Required("grid").Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{sizes} points for {machines} machines are {all:N0} networks; a sweep has at most {MostNetworks:N0}. "
            + $"Take fewer values, or draw them at random with 'draw'"));
    }

    static List<(VariedField Field, IReadOnlyList<FactorValue> Values)> ReadGrid(StrictJson json)
    {
        var grid = new List<(VariedField, IReadOnlyList<FactorValue>)>();
        foreach (var path in json.Keys().Order(StringComparer.Ordinal))
        {
            var values = json.Required(path);
            json.Try(() =>
            {
                var field = VariedField.Find(path, values);
                grid.Add((field, ReadValues(field, values)));
            });
        }

        return grid;
    }

    static IReadOnlyList<FactorValue> ReadValues(VariedField field, StrictJson json)
    {
        FactorValue[] values = [.. json.Items(1, 10_000).Select(field.Read)];
        return values.Distinct().Count() == values.Length ? values : throw json.Error("has a value twice; give each once");
    }

    static (List<(VariedField Field, Draw Draw)> Drawn, uint Seed) ReadDraws(StrictJson json)
    {
        json.WithKeys("seed", "fields");
        var drawn = new List<(VariedField, Draw)>();
        var fields = json.Required("fields");
        foreach (var path in fields.Keys().Order(StringComparer.Ordinal))
        {
            var draw = fields.Required(path);
            json.Try(() =>
            {
                var field = VariedField.Find(path, draw);
                drawn.Add((field, ReadDraw(field, draw)));
            });
        }

        return (drawn, json.Required("seed").Seed());
    }

    static Draw ReadDraw(VariedField field, StrictJson json)
    {
        json.WithKeys("values", "uniform", "log_uniform");
        if (json.Keys().Count != 1) throw json.Error("should have one of the keys 'values', 'uniform' and 'log_uniform'");
        if (json.Optional("values") is { } values) return new OneOf(ReadValues(field, values));
        var logarithmic = json.Optional("log_uniform").HasValue;
        var range = json.Optional("uniform") ?? json.Required("log_uniform");
        if (field.Factor.Kind != FactorKind.Number) throw range.Error($"'{field.Path}' isn't a number; draw it from 'values'");
        if (field.IsWhole) throw range.Error($"'{field.Path}' is a whole number; draw it from 'values'");
        var ends = range.Items(2, 2);
        var (low, high) = (ends[0].Number(_ => true, "a number"), ends[1].Number(_ => true, "a number"));
        if (low >= high) throw range.Error("should be two numbers, the smaller first");
        if (logarithmic && low <= 0) throw range.Error("should be two numbers above 0, since it is their logarithm that is uniform");
        return logarithmic ? new LogUniform(low, high) : new Uniform(low, high);
    }

    /// <summary>
    /// Values that stand for all that can come up: each of a list, both ends of a range. Each with the place in the file that gives it.
    /// </summary>
    internal static IEnumerable<(VariedField Field, FactorValue Value, StrictJson Json)> Samples(StrictJson vary)
    {
        foreach (var (path, values) in Entries(vary.Optional("grid")))
        {
            var field = VariedField.Find(path, values);
            foreach (var value in values.Items()) yield return (field, field.Read(value), value);
        }

        foreach (var (path, draw) in Entries(vary.Optional("draw")?.Optional("fields")))
        {
            var field = VariedField.Find(path, draw);
            var values = draw.Optional("values") ?? draw.Optional("uniform") ?? draw.Required("log_uniform");
            foreach (var value in values.Items()) yield return (field, field.Read(value), value);
        }
    }

    static IEnumerable<(string Path, StrictJson Json)> Entries(StrictJson? json) =>
        json is { } fields ? fields.Keys().Select(path => (path, fields.Required(path))) : [];

    /// <summary>How a value is drawn for each network: by operations that give the same number on every machine.</summary>
    abstract record Draw
    {
        internal abstract FactorValue Next(ref PhiloxStream random);

        /// <summary>To four significant digits, which is what a reader of the recipe can take in.</summary>
        private protected static FactorValue Rounded(double value, double low, double high) => FactorValue.Of(Math.Clamp(
            double.Parse(value.ToString("E3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), low, high));
    }

    sealed record OneOf(IReadOnlyList<FactorValue> Values) : Draw
    {
        internal override FactorValue Next(ref PhiloxStream random) => Values[(int)random.Below((uint)Values.Count)];
    }

    sealed record Uniform(double Low, double High) : Draw
    {
        internal override FactorValue Next(ref PhiloxStream random) =>
            Rounded(Low + ((High - Low) * (random.NextUInt32() / 4294967296.0)), Low, High);
    }

    /// <summary>
    /// Low × (High / Low)^u, u uniform in 32 bits: the ratio's 2⁻ⁱ-th powers are repeated square roots, and those for which bit i of u is
    /// set are multiplied. Math.Pow may differ by a bit between systems, and a recipe may not.
    /// </summary>
    sealed record LogUniform(double Low, double High) : Draw
    {
        internal override FactorValue Next(ref PhiloxStream random)
        {
            var bits = random.NextUInt32();
            var (value, root) = (Low, High / Low);
            for (var bit = 31; bit >= 0; bit--)
            {
                root = Math.Sqrt(root);
                if ((bits >> bit & 1) != 0) value *= root;
            }

            return Rounded(value, Low, High);
        }
    }
}
