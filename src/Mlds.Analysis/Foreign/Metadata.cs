using Mlds.Analysis.Data;

namespace Mlds.Analysis.Foreign;

/// <summary>What is known of the networks besides their weights: the baseline that weights must beat.</summary>
sealed class Metadata
{
    /// <summary>Different texts of a column at most: each becomes a column of 0 and 1.</summary>
    const int MostTexts = 50;

    readonly List<(string Source, string Name, float[] Values)> _columns = [];
    readonly int _networks;

    Metadata(int networks) => _networks = networks;

    /// <summary>Names of the table's columns that take part.</summary>
    internal IReadOnlyList<string> Names => [.. _columns.Select(column => column.Source).Distinct()];

    /// <param name="columns">The table's columns that are asked for, with a field for each network.</param>
    /// <param name="asText">Whether numbers of a column are names.</param>
    /// <param name="asLogarithm">Whether a column's logarithms are meant.</param>
    /// <param name="isAsked">Whether the columns were named; else those that aren't of numbers are passed over.</param>
    /// <exception cref="InvalidDataException">A column that was asked for can't take part.</exception>
    internal static Metadata Of(
        IReadOnlyList<(string Name, string[] Fields)> columns, int networks, Func<string, bool> asText, Func<string, bool> asLogarithm,
        bool isAsked)
    {
        var metadata = new Metadata(networks);
        foreach (var (name, fields) in columns)
        {
            var known = fields.Where(field => !Field.IsMissing(field)).ToArray();
            if (known.Length == 0) continue;
            if (!asText(name) && known.All(field => Field.Number(field) is not null)) metadata.Add(name, fields, asLogarithm(name));
            else if (isAsked) metadata.AddTexts(name, fields);
        }

        return metadata;
    }

    /// <summary>
    /// The matrix of some networks, without the column <paramref name="label"/>; null where no column is left that varies.
    /// </summary>
    internal FeatureMatrix? Of(int[] rows, string label)
    {
        var columns = _columns.Where(column => column.Source != label && Varies(column.Values, rows)).ToArray();
        if (columns.Length == 0) return null;
        var values = new float[rows.Length * columns.Length];
        for (var i = 0; i < values.Length; i++) values[i] = columns[i % columns.Length].Values[rows[i / columns.Length]];
        return new FeatureMatrix(values, rows.Length, [.. columns.Select(column => column.Name)]);
    }

    static bool Varies(float[] values, int[] rows) => rows.Any(row => values[row] != values[rows[0]]);

    /// <summary>Numbers; a network that lacks one gets the mean of the others, and a column more says that it lacked it.</summary>
    void Add(string name, string[] fields, bool isLogarithm)
    {
        var numbers = Array.ConvertAll(fields, Field.Number);
        var known = numbers.OfType<double>().ToArray();
        if (isLogarithm)
        {
            Field.Logarithms(name, known);
            numbers = Array.ConvertAll(numbers, number => number is { } value ? Math.Log10(value) : (double?)null);
        }

        var mean = numbers.OfType<double>().Average();
        _columns.Add((name, name, Array.ConvertAll(numbers, number => (float)(number ?? mean))));
        if (known.Length < fields.Length)
            _columns.Add((name, $"{name} missing", Array.ConvertAll(numbers, number => number is null ? 1f : 0f)));
    }

    void AddTexts(string name, string[] fields)
    {
        var texts = fields.Distinct().Order(StringComparer.Ordinal).ToArray();
        if (texts.Length > MostTexts)
        {
            throw new InvalidDataException(
                $"--metadata: the column '{name}' has {texts.Length} different texts; at most {MostTexts} can take part.");
        }

        foreach (var text in texts.Skip(1))
            _columns.Add((name, $"{name}={text}", Array.ConvertAll(fields, field => field == text ? 1f : 0f)));
    }
}
