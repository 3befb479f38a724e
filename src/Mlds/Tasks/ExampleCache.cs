using System.Text.Json.Nodes;

namespace Mlds.Tasks;

/// <summary>
/// Examples of many tasks, made when they are asked for. The latest stay, as many as fit; where tasks differ from network to network there
/// may be more than memory holds. Thread-safe.
/// </summary>
/// <param name="mostBytes">Bytes that are kept; the latest examples are, however large.</param>
public sealed class ExampleCache(long mostBytes = 1L << 28)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, LinkedListNode<Entry>> _entries = [];

    /// <summary>The latest first.</summary>
    readonly LinkedList<Entry> _order = new();
    long _bytes;

    sealed record Entry(string Key, long Bytes, Lazy<TrainingData> Data);

    /// <summary>The examples of <paramref name="task"/>; made once for all that ask while they are kept.</summary>
    /// <exception cref="ArgumentException">As <see cref="LearningTask.Generate"/>.</exception>
    public TrainingData Of(LearningTask task) => Find(task).Data.Value;

    Entry Find(LearningTask task)
    {
        // Tasks are equal if recipes say the same of them.
        var json = new JsonObject();
        task.WriteTo(json);
        var key = json.ToJsonString();
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                _order.Remove(known);
                _order.AddFirst(known);
                return known.Value;
            }

            var entry = new Entry(key, task.Bytes, new Lazy<TrainingData>(task.Generate));
            _entries[key] = _order.AddFirst(entry);
            for (_bytes += entry.Bytes; _bytes > mostBytes && _order.Count > 1; _order.RemoveLast())
            {
                var oldest = _order.Last!.Value;
                _entries.Remove(oldest.Key);
                _bytes -= oldest.Bytes;
            }

            return entry;
        }
    }
}
