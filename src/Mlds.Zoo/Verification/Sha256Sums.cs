using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Mlds.Verification;

/// <summary>SHA256SUMS of a release: every file is in it and as it was, and nothing else is there.</summary>
static partial class Sha256Sums
{
    public const string FileName = "SHA256SUMS";

    [GeneratedRegex("^([0-9a-f]{64})  ([^\\0-\\x1f\\\\]+)$")]
    private static partial Regex Line { get; }

    /// <param name="report">Files done and files in all.</param>
    public static void Check(string folder, VerificationLog log, int threads, Action<int, int> report, CancellationToken cancellation)
    {
        var sums = Read(folder, log);
        var there = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name != FileName)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var name in sums.Keys.Where(name => !there.Contains(name))) log.Doubt(Checks.Files, name, $"it is in {FileName}, but not there");
        foreach (var name in there.Where(name => !sums.ContainsKey(name))) log.Doubt(Checks.Files, name, $"it is there, but not in {FileName}");
        var both = sums.Where(sum => there.Contains(sum.Key)).ToList();
        var done = 0;
        report(0, both.Count);
        Parallel.ForEach(both, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, sum =>
        {
            log.Try(Checks.Files, sum.Key, () =>
            {
                using var stream = new FileStream(Path.Combine(folder, sum.Key), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
                var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
                if (hash != sum.Value) log.Doubt(Checks.Files, sum.Key, $"its SHA-256 is {hash}, {FileName} says {sum.Value}");
            });
            log.Count(Checks.Files);
            lock (both) report(++done, both.Count);
        });
    }

    /// <summary>Hashes by name. A line that is not as we write them, or out of order, is a doubt: so every byte of the file counts.</summary>
    static Dictionary<string, string> Read(string folder, VerificationLog log)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        log.Try(Checks.Files, FileName, () =>
        {
            var text = File.ReadAllText(Path.Combine(folder, FileName), System.Text.Encoding.Latin1);
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
