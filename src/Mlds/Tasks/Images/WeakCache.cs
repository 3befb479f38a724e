namespace Mlds.Tasks.Images;

/// <summary>
/// Large things that tasks share while any of them is in use: tasks of a population differ in few images, and the rest is there once.
/// Thread-safe.
/// </summary>
sealed class WeakCache<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    readonly Lock _lock = new();
    readonly Dictionary<TKey, WeakReference<TValue>> _values = [];

    /// <summary>What is kept under <paramref name="key"/>, made where nobody has it any longer.</summary>
    internal TValue Of(TKey key, Func<TValue> make)
    {
        lock (_lock)
        {
            if (_values.TryGetValue(key, out var known) && known.TryGetTarget(out var value)) return value;
            value = make();
            _values[key] = new WeakReference<TValue>(value);
            return value;
        }
    }
}
