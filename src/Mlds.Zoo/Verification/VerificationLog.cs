namespace Mlds.Zoos.Verification;

/// <summary>Gathers what checks find, in the order of the checks. Thread-safe.</summary>
sealed class VerificationLog
{
    sealed class Line(string meaning)
    {
        public readonly string Meaning = meaning;
        public readonly List<string> Notes = [];
        public readonly List<Doubt> Doubts = [];
        public long Count;
    }

    readonly Lock _lock = new();
    readonly Dictionary<string, Line> _lines = [];
    readonly List<string> _order = [];

    /// <summary>Names a check; the report has them in this order.</summary>
    public void Begin(string check, string meaning)
    {
        lock (_lock)
        {
            if (_lines.TryAdd(check, new Line(meaning))) _order.Add(check);
        }
    }

    public void Count(string check, long count = 1)
    {
        lock (_lock) _lines[check].Count += count;
    }

    public void Note(string check, string note)
    {
        lock (_lock) _lines[check].Notes.Add(note);
    }

    public void Doubt(string check, string subject, string message)
    {
        lock (_lock) _lines[check].Doubts.Add(new Doubt(check, subject, null, OneLine(message)));
    }

    public void Doubt(string check, StoredNetwork network, string message)
    {
        lock (_lock) _lines[check].Doubts.Add(new Doubt(check, Name(network), network.RecipeId, OneLine(message)));
    }

    /// <summary>
    /// Runs <paramref name="work"/>; whatever a damaged file makes of it becomes a doubt about <paramref name="subject"/>.
    /// </summary>
    /// <returns>Whether it went through.</returns>
    public bool Try(string check, string subject, Action work) => Try(work, sentence => Doubt(check, subject, sentence));

    /// <summary>The same, of what is stored of a network.</summary>
    public bool Try(string check, StoredNetwork network, Action work) => Try(work, sentence => Doubt(check, network, sentence));

    static bool Try(Action work, Action<string> doubt)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            doubt(Sentence(exception));
            return false;
        }
    }

    /// <summary>What an exception says of something that can't be read, without its full stop.</summary>
    public static string Sentence(Exception exception)
    {
        if (exception is AggregateException { InnerExceptions: [var first, ..] }) return Sentence(first);
        var message = exception.Message.TrimEnd('.');
        return exception is ZooException or InvalidDataException or FormatException ? message : $"can't be read: {message}";
    }

    public static string Name(StoredNetwork network) => $"network {network.RecipeId} ({network.Machine}, seed {network.Seed})";

    public IReadOnlyList<CheckResult> Results()
    {
        lock (_lock)
        {
            return [.. _order.Select(name => (Name: name, Line: _lines[name])).Select(entry => new CheckResult(
                entry.Name, entry.Line.Meaning, entry.Line.Count, entry.Line.Doubts.Count, [.. entry.Line.Notes]))];
        }
    }

    /// <summary>All doubts, check by check; those of one check by subject, so that threads leave no trace.</summary>
    public IReadOnlyList<Doubt> Doubts()
    {
        lock (_lock)
        {
            return [.. _order.SelectMany(name => _lines[name].Doubts.OrderBy(doubt => doubt.Subject, StringComparer.Ordinal)
                .ThenBy(doubt => doubt.Message, StringComparer.Ordinal))];
        }
    }

    static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).TrimEnd('.');
}
