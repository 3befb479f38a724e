using System.Collections.Concurrent;
using Mlds.Bundles;

namespace Mlds.Server.Science;

/// <summary>
/// Reads the files of returned results. What was read last is kept for a moment: the verdict and the assimilation want the same file that the check wanted.
/// </summary>
sealed class ReturnedFiles
{
    const int MostKept = 8;

    readonly ConcurrentDictionary<long, (Bundle Bundle, BundleResult Result)> _kept = [];

    /// <summary>The bytes that came back, or null if none did.</summary>
    public byte[]? Outputs(ReturnedResult result)
    {
        if (result.Outputs is not [var file, ..] || !File.Exists(file.Path)) return null;
        return File.ReadAllBytes(file.Path);
    }

    public Bundle Bundle(ReturnedResult result) => _kept.TryGetValue(result.ResultId, out var kept) ? kept.Bundle : Bundles.Bundle.Read(File.ReadAllBytes(result.Inputs[0].Path));

    /// <summary>A result that was found valid, and its bundle.</summary>
    public (Bundle Bundle, BundleResult Result) Read(ReturnedResult result)
    {
        if (_kept.TryGetValue(result.ResultId, out var kept)) return kept;
        var bundle = Bundle(result);
        var found = BundleResult.Read(Outputs(result) ?? throw new FileNotFoundException($"The file of result {result.ResultName} is gone."), bundle);
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[result.ResultId] = (bundle, found);
        return (bundle, found);
    }
}
