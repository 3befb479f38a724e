using System.Globalization;

namespace Mlds.Worker.Frame;

/// <summary>
/// The words after a command: one file at most, options with a value, and flags. Every other word is an error in one sentence.
/// </summary>
sealed class Arguments
{
    readonly Dictionary<string, string> _values = [];
    readonly HashSet<string> _flags = [];

    /// <param name="command">For messages.</param>
    /// <param name="words">What was typed after it.</param>
    /// <param name="file">What the only word that is no option stands for, or null where the command takes no such word.</param>
    /// <param name="valued">Options that take a value.</param>
    /// <param name="flags">Options that take none.</param>
    /// <exception cref="UsageException">The command doesn't take these words.</exception>
    public Arguments(string command, ReadOnlySpan<string> words, string? file, string[] valued, string[] flags)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (!word.StartsWith('-'))
            {
                if (file is null || File is not null)
                    throw new UsageException($"'{command}' has no use for '{word}'; `mlds-worker --help` says what it takes.");
                File = word;
            }
            else if (Array.IndexOf(flags, word) >= 0)
            {
                _flags.Add(word);
            }
            else if (Array.IndexOf(valued, word) >= 0)
            {
                if (i + 1 == words.Length || words[i + 1].StartsWith("--", StringComparison.Ordinal))
                    throw new UsageException($"{word} needs a value; `mlds-worker --help` says which.");
                if (!_values.TryAdd(word, words[++i])) throw new UsageException($"{word} is given twice.");
            }
            else
            {
                throw new UsageException(
                    $"'{command}' has no option '{word}'. "
                    + $"{NearestName.DidYouMean(word, [.. valued, .. flags])}`mlds-worker --help` lists what there is.");
            }
        }

        if (file is not null && File is null) throw new UsageException($"'{command}' needs {file}; `mlds-worker --help` shows an example.");
    }

    /// <summary>The only word that is no option.</summary>
    public string? File { get; }

    public bool Has(string flag) => _flags.Contains(flag);

    /// <summary>The value of <paramref name="option"/>, or null.</summary>
    public string? Text(string option) => _values.GetValueOrDefault(option);

    /// <summary>The value of <paramref name="option"/> as a number, or null.</summary>
    /// <exception cref="UsageException">No whole number from <paramref name="low"/> to <paramref name="high"/>.</exception>
    public int? Number(string option, int low, int high)
    {
        if (Text(option) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= low
            && number <= high
            ? number
            : throw new UsageException($"{option} takes {low} … {high}, not '{text}'.");
    }
}
