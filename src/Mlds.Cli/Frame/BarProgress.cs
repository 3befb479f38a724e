using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mlds.Cli.Frame;

/// <summary>Progress for a person at a terminal: one bar per piece of work, drawn on stderr.</summary>
sealed class BarProgress : IProgressView
{
    readonly ProgressContext _context;
    readonly NoteColumn _notes;

    BarProgress(ProgressContext context, NoteColumn notes) => (_context, _notes) = (context, notes);

    public static T Run<T>(Func<IProgressView, T> work)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var notes = new NoteColumn();
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), notes)
            .Start(context => work(new BarProgress(context, notes)));
    }

    public bool IsDetailed => true;

    public IProgressItem Begin(string name, long total)
    {
        var task = _context.AddTask(Markup.Escape(name), maxValue: Math.Max(total, 1));
        task.IsIndeterminate = total == 0;
        return new Item(task, total, _notes);
    }

    sealed class Item(ProgressTask task, long total, NoteColumn notes) : IProgressItem
    {
        public void Report(long done, string note = "")
        {
            notes.Set(task.Id, total == 0 ? note : $"{done}/{total} {note}");
            task.Value = total == 0 ? 0 : Math.Min(done, total);
        }
    }

    sealed class NoteColumn : ProgressColumn
    {
        readonly ConcurrentDictionary<int, string> _notes = new();

        public void Set(int task, string note) => _notes[task] = note;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(_notes.GetValueOrDefault(task.Id, ""), new Style(Color.Grey));
    }
}
