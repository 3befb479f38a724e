using System.Text.RegularExpressions;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Verification;

/// <summary>SHA256SUMS of a release: every file is in it and unchanged, and nothing else is there.</summary>
static partial class Sha256Sums
{
    public const string FileName = ReleaseFiles.Sums;

    [GeneratedRegex("^([0-9a-f]{64})  ([^\\0-\\x1f\\\\]+)$")]
    private static partial Regex Line { get; }

    /// <summary>No release has as many files.</summary>
    const long MostBytes = 1 << 26;

    /// <param name="report">Files done and files in all.</param>
    /// <returns>Whether the rest of the release may be opened: not if anything in it is neither file nor folder.</returns>
    public static bool Check(string folder, VerificationLog log, int threads, Action<int, int> report, CancellationToken cancellation)
    {
        var tree = ReleaseTree.Of(folder, cancellation);
        foreach (var (name, what) in tree.Others) log.Doubt(Checks.Files, name, what);
        var sums = tree.IsOther(FileName) ? [] : Read(folder, log);
        bool IsThere(string name) => tree.Files.Contains(name)
            || (name.Split('/').Any(part => part[0] == '.') && FileKinds.Of(Path.Combine(folder, name)) is FileKind.File);
        var both = sums.Where(sum => IsThere(sum.Key)).ToList();
        CompareNames(sums, tree, log, [.. sums.Keys.Where(name => !IsThere(name) && !tree.IsOther(name))]);
        Note(sums, tree, log);
        var done = 0;
        report(0, both.Count);
        Parallel.ForEach(both, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, sum =>
        {
            log.Try(Checks.Files, sum.Key, () =>
            {
                var hash = FileSha256.Of(Path.Combine(folder, sum.Key), cancellation);
                if (hash != sum.Value) log.Doubt(Checks.Files, sum.Key, $"its SHA-256 is {hash}, {FileName} says {sum.Value}");
            });
            log.Count(Checks.Files);
            lock (both) report(++done, both.Count);
        });
        return tree.Others.Count == 0;
    }

    static void CompareNames(Dictionary<string, string> sums, ReleaseTree tree, VerificationLog log, IReadOnlyList<string> missing)
    {
        List<string> added = [.. tree.Files.Where(name => name != FileName && !sums.ContainsKey(name))];
        var explained = FlatCopy.Explain(missing, added, tree, log);
        foreach (var name in missing.Where(name => !explained.Contains(name)))
        {
            log.Doubt(Checks.Files, name,
                $"it is in {FileName}, but not there");
        }

        foreach (var name in added.Where(name => !explained.Contains(name)))
        {
            log.Doubt(Checks.Files, name,
                $"it is there, but not in {FileName}");
        }
    }

    /// <summary>What is no doubt but should be known: what others left there, and that the files lie elsewhere.</summary>
    static void Note(Dictionary<string, string> sums, ReleaseTree tree, VerificationLog log)
    {
        List<string> hidden = [.. tree.Hidden.Where(name => !sums.ContainsKey(name))];
        if (hidden.Count > 0)
        {
            log.Note(
                Checks.Files,
                $"not the release's, and not looked at: {string.Join(", ", hidden.Take(MostNamed))}"
                + $"{(hidden.Count > MostNamed ? $" and {hidden.Count - MostNamed} more" : "")}");
        }

        if (tree.Links.Count == 0) return;
        var (first, target) = tree.Links.First();
        log.Note(Checks.Files, tree.Links.Count == 1 ? $"{first} is a link to {target}"
            : $"{tree.Links.Count} files are links, such as {first} to {target}");
    }

    const int MostNamed = 8;

    /// <summary>
    /// Hashes by name. A line that is not as we write them, or out of order, is a doubt: so every byte of the file counts.
    /// </summary>
    static Dictionary<string, string> Read(string folder, VerificationLog log)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        log.Try(Checks.Files, FileName, () =>
        {
            using var stream = File.OpenRead(Path.Combine(folder, FileName));
            if (stream.Length > MostBytes)
                throw new InvalidDataException($"it has more than {MostBytes >> 20} MB, which no list of files has");
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
            var text = reader.ReadToEnd();
            if (!text.EndsWith('\n')) log.Doubt(Checks.Files, FileName, "its last line has no end: it is cut short");
            var before = "";
            foreach (var (i, line) in text.TrimEnd('\n').Split('\n').Index())
            {
                var match = Line.Match(line);
                var name = match.Groups[2].Value;
                if (!match.Success || name.Split('/').Any(part => part is "" or "." or "..") || string.CompareOrdinal(before, name) >= 0)
                {
                    log.Doubt(Checks.Files, FileName, $"line {i + 1} is not a hash, two blanks and the name of the next file");
                    continue;
                }

                before = name;
                sums.Add(name, match.Groups[1].Value);
            }
        });
        return sums;
    }
}
