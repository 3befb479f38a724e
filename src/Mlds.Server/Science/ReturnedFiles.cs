using System.Collections.Concurrent;
using Mlds.Bundles;
using Mlds.Server.Contract;

namespace Mlds.Server.Science;

/// <summary>
/// Reads the files of returned results. What was read last is kept for a moment, by the SHA-256 of its bytes: verdict and assimilation need
/// the same file that the check needed, and get that one or none.
/// </summary>
sealed class ReturnedFiles
{
    const int MostKept = 8;

    readonly ConcurrentDictionary<string, (Bundle Bundle, BundleResult Result)> _kept = [];

    /// <summary>The bytes that came back, or null if none did.</summary>
    /// <exception cref="FileLostException">They aren't those that were judged.</exception>
    public static byte[]? Outputs(ReturnedResult result)
    {
        if (result.Outputs is not [var file, ..]) return null;
        if (!file.IsHeld && result.ComparisonHash.Length > 0) Hold(result, file);
        return file.Content;
    }

    public static Bundle Bundle(ReturnedResult result) => Bundles.Bundle.Read(result.Inputs[0].Content);

    /// <summary>A result that was found valid, and its bundle.</summary>
    /// <exception cref="FileLostException">It isn't what was judged.</exception>
    public (Bundle Bundle, BundleResult Result) Read(ReturnedResult result)
    {
        if (result.Outputs is not [var file, ..]) throw new FileLostException($"result {result.ResultName} has no file any more");
        if (file.IsHeld && _kept.TryGetValue(file.Sha256, out var kept)) return kept;
        var bytes = Outputs(result)!;
        if (_kept.TryGetValue(file.Sha256, out kept)) return kept;
        var bundle = Bundle(result);
        var found = (bundle, BundleResult.Read(bytes, bundle));
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[file.Sha256] = found;
        return found;
    }

    /// <summary>A result that an earlier version judged has no hash of its file, but one of all that was judged in it.</summary>
    static void Hold(ReturnedResult result, StoredFile file)
    {
        string comparison;
        try
        {
            comparison = BundleResult.Hashes(file.Content).Comparison;
        }
        catch (InvalidDataException problem)
        {
            throw new FileLostException(
                $"the file of result {result.ResultName} isn't what was judged any more ({problem.Message.TrimEnd('.')})");
        }

        if (comparison != result.ComparisonHash)
        {
            throw new FileLostException(
                $"the file of result {result.ResultName} isn't what was judged any more: its networks' hash is {comparison}, and was "
                + $"{result.ComparisonHash}");
        }
    }
}
