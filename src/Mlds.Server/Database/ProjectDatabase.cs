using System.Collections.Concurrent;

namespace Mlds.Server.Database;

/// <summary>
/// A project's database. All writes go through one thread, which gathers those that wait into one transaction: a hundred scheduler calls
/// cost one wait for the disk instead of a hundred. Each has a savepoint of its own, so one that fails leaves the others alone.
/// </summary>
public sealed class ProjectDatabase : IAsyncDisposable
{
    /// <summary>The most pieces of work in one transaction.</summary>
    const int MaxGathered = 256;

    readonly Dialect _dialect;
    readonly BlockingCollection<IWork> _waiting = [];
    readonly ConcurrentBag<Session> _readers = [];
    readonly Thread _thread;
    Session? _writer;

    ProjectDatabase(Dialect dialect)
    {
        _dialect = dialect;
        _thread = new Thread(WriteOnAndOn) { IsBackground = true, Name = "database writer" };
    }

    /// <summary>Opens the database, creates it where there is none, and runs the schema steps that it hasn't had.</summary>
    /// <param name="database">File name within <paramref name="folder"/>, or PostgreSQL connection string.</param>
    /// <param name="folder">The project's folder.</param>
    /// <param name="steps">The science's schema steps; the server's own run before them.</param>
    public static ProjectDatabase Open(string database, string folder, IEnumerable<SchemaStep> steps)
    {
        var opened = new ProjectDatabase(Dialect.Of(database, folder));
        opened._writer = new Session(opened._dialect);
        Migrate(opened._writer, opened._dialect, [.. ServerSchema.Steps, .. steps]);
        opened._thread.Start();
        return opened;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction; completes when it is on disk. It may run together with others' work; no other thread
    /// may use its session.
    /// </summary>
    public Task<T> Write<T>(Func<Session, T> work)
    {
        var item = new Work<T>(work);
        _waiting.Add(item);
        return item.Completion.Task;
    }

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Action<Session> work) => Write(session =>
    {
        work(session);
        return true;
    });

    /// <summary>Runs <paramref name="work"/> on a connection of its own, on one state of the database: the last commit's.</summary>
    public T Read<T>(Func<Session, T> work)
    {
        if (!_readers.TryTake(out var session) || !session.IsOpen) session = new Session(_dialect);
        try
        {
            session.BeginReading();
            var result = work(session);
            session.Execute("COMMIT");
            _readers.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_waiting.IsAddingCompleted) return;
        _waiting.CompleteAdding();
        await Task.Run(_thread.Join);
        while (_readers.TryTake(out var reader)) reader.Dispose();
        _writer?.Dispose();
        _waiting.Dispose();
    }

    void WriteOnAndOn()
    {
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            var batch = new List<IWork> { first };
            try
            {
                WriteBatch(batch);
            }
            catch (Exception exception)
            {
                // The disk is full, or the connection is gone: nothing of the batch is stored, and every caller is told.
                Abandon();
                foreach (var work in batch) work.Fail(exception);
            }
        }
    }

    void WriteBatch(List<IWork> batch)
    {
        if (_writer is not { IsOpen: true }) _writer = new Session(_dialect);
        _writer.BeginWriting();
        Run(batch[0]);
        while (batch.Count < MaxGathered && _waiting.TryTake(out var next))
        {
            batch.Add(next);
            Run(next);
        }

        _writer.Execute("COMMIT");
        foreach (var work in batch) work.Complete();
    }

    void Run(IWork work)
    {
        _writer!.Execute("SAVEPOINT work");
        try
        {
            work.Run(_writer);
        }
        catch (Exception exception)
        {
            _writer.Execute("ROLLBACK TO SAVEPOINT work");
            work.Fail(exception);
        }

        _writer.Execute("RELEASE SAVEPOINT work");
    }

    /// <summary>Ends what is left of a transaction, if need be by closing the connection.</summary>
    void Abandon()
    {
        try
        {
            _writer?.Execute("ROLLBACK");
        }
        catch (Exception)
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    static void Migrate(Session session, Dialect dialect, IReadOnlyList<SchemaStep> steps)
    {
        session.BeginWriting();
        session.Execute("CREATE TABLE IF NOT EXISTS schema_step (name TEXT PRIMARY KEY)");
        var done = session.Rows("SELECT name FROM schema_step", row => row.GetString(0)).ToHashSet();
        foreach (var step in steps.Where(step => !done.Contains(step.Name)))
        {
            foreach (var statement in step.Sql.Replace("{id}", dialect.Identity, StringComparison.Ordinal)
                .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                session.Execute(statement);
            }

            session.Execute("INSERT INTO schema_step (name) VALUES ($1)", step.Name);
        }

        session.Execute("COMMIT");
    }

    interface IWork
    {
        void Run(Session session);

        void Complete();

        void Fail(Exception exception);
    }

    sealed class Work<T>(Func<Session, T> work) : IWork
    {
        T? _result;

        public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run(Session session) => _result = work(session);

        public void Complete() => Completion.TrySetResult(_result!);

        public void Fail(Exception exception) => Completion.TrySetException(exception);
    }
}
