namespace Mlds.Zoos.Verification;

/// <summary>
/// Tells a copy from a site that keeps no folders: <c>splits/by_seed.csv</c> became <c>by_seed.csv</c> or <c>splits_by_seed.csv</c>. Then
/// the folder is what is missing, and it is named once.
/// </summary>
static class FlatCopy
{
    /// <param name="missing">Names in SHA256SUMS that aren't there.</param>
    /// <param name="there">Files that are there, but not in SHA256SUMS.</param>
    /// <returns>Names of either kind that a doubt about a folder has explained.</returns>
    public static HashSet<string> Explain(IReadOnlyCollection<string> missing, IReadOnlyCollection<string> there, ReleaseTree tree,
        VerificationLog log)
    {
        var explained = new HashSet<string>(StringComparer.Ordinal);
        var loose = there.Where(name => !name.Contains('/')).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in missing.Where(name => name.Contains('/')).GroupBy(name => name[..name.IndexOf('/')])
            .Where(folder => !tree.Folders.Contains(folder.Key)))
        {
            var example = "";
            foreach (var name in folder)
            {
                explained.Add(name);
                if (FlatNames(name).FirstOrDefault(loose.Contains) is not { } flat) continue;
                explained.Add(flat);
                if (example.Length == 0) example = $"; {name} lies here as {flat}";
            }

            log.Doubt(
                Checks.Files,
                $"{folder.Key}/",
                $"this folder is missing with its {folder.Count()} files{example}. Copies without folders come from sites that keep none: "
                + $"unpack the release's archive instead, or put the files back under the names in {Sha256Sums.FileName}");
        }

        return explained;
    }

    static IEnumerable<string> FlatNames(string name)
    {
        yield return name[(name.LastIndexOf('/') + 1)..];
        foreach (var between in new[] { "_", "-", "__", "--", ".", "%2F", " " })
        {
            yield return name.Replace("/", between,
                StringComparison.Ordinal);
        }
    }
}
