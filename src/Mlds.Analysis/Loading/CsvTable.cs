using System.IO.Compression;
using System.Text;

namespace Mlds.Analysis.Loading;

/// <summary>
/// A table in comma-separated values (RFC 4180), plain or gzipped (<c>.gz</c>): a line of column names, then a row per line. A quoted field
/// may hold commas, line breaks and doubled quotes.
/// </summary>
public sealed class CsvTable
{
    readonly string[][] _rows;
    readonly int[] _lines;

    CsvTable(string path, string[] columns, List<string[]> rows, List<int> lines) =>
        (Path, Columns, _rows, _lines) = (path, columns, [.. rows], [.. lines]);

    /// <summary>As given.</summary>
    public string Path { get; }

    /// <summary>Names, in the order of the file.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Rows N, the line of names not counted.</summary>
    public int Rows => _rows.Length;

    /// <exception cref="InvalidDataException">
    /// There is no such file, it is empty, or a row has fewer or more fields than the first line names; the message says which line.
    /// </exception>
    public static CsvTable Read(string path)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"There is no file '{path}'.");
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var fields = new Fields(path, reader);
        if (fields.Next() is not { } columns) throw new InvalidDataException($"'{path}' is empty; its first line must name the columns.");
        var (rows, lines) = (new List<string[]>(), new List<int>());
        while (fields.Next() is { } row)
        {
            if (row.Length != columns.Length)
            {
                throw new InvalidDataException(
                    $"'{path}', line {fields.Line}: there are {row.Length} fields where the first line names {columns.Length}.");
            }

            rows.Add(row);
            lines.Add(fields.Line);
        }

        return new CsvTable(path, columns, rows, lines);
    }

    /// <summary>The fields of row <paramref name="row"/>, from 0.</summary>
    public IReadOnlyList<string> Row(int row) => _rows[row];

    /// <summary>The line of the file that row <paramref name="row"/> begins in, from 1.</summary>
    public int Line(int row) => _lines[row];

    /// <summary>The fields of a column; its name counts in full, or where none is the same, whatever its case.</summary>
    /// <param name="asked">Who asks, such as <c>--label</c>, for the message.</param>
    /// <exception cref="InvalidDataException">There is no such column; the message lists those there are.</exception>
    public string[] Column(string name, string asked)
    {
        var at = IndexOf(name);
        return at >= 0
            ? Array.ConvertAll(_rows, row => row[at])
            : throw new InvalidDataException(
                $"{asked}: '{Path}' has no column '{name}'; it has {string.Join(", ", Columns.Where(column => column.Length > 0))}.");
    }

    /// <summary>The first column of this name, −1 if there is none.</summary>
    public int IndexOf(string name)
    {
        var exact = Array.IndexOf([.. Columns], name);
        return exact >= 0
            ? exact
            : Columns.ToList().FindIndex(column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Reads one row after the other. Fields that come again and again are kept once.</summary>
    sealed class Fields(string path, TextReader reader)
    {
        readonly HashSet<string> _known = [];
        readonly StringBuilder _field = new();
        int _next = 1;

        /// <summary>The line that the last row began in.</summary>
        internal int Line { get; private set; }

        /// <summary>The next row that isn't blank; null at the end.</summary>
        internal string[]? Next()
        {
            while (reader.Peek() >= 0)
            {
                Line = _next;
                var row = Row();
                if (row is not [""]) return row;
            }

            return null;
        }

        string[] Row()
        {
            var row = new List<string>();
            var isQuoted = false;
            while (true)
            {
                var letter = reader.Read();
                if (letter == '\n') _next++;
                if (isQuoted)
                {
                    if (letter < 0) throw new InvalidDataException($"'{path}', line {Line}: a quote is opened and never closed.");
                    if (letter != '"') _field.Append((char)letter);
                    else if (reader.Peek() != '"') isQuoted = false;
                    else _field.Append((char)reader.Read());
                }
                else if (letter == '"')
                {
                    isQuoted = true;
                }
                else if (letter is ',' or '\n' or < 0)
                {
                    row.Add(Kept());
                    if (letter != ',') return [.. row];
                }
                else
                {
                    _field.Append((char)letter);
                }
            }
        }

        string Kept()
        {
            var field = _field.ToString().Trim();
            _field.Clear();
            if (_known.TryGetValue(field, out var known)) return known;
            if (_known.Count < 100_000) _known.Add(field);
            return field;
        }
    }
}
