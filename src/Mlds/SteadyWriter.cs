using System.Text;

namespace Mlds;

/// <summary>
/// Standard error that may be on a full disk: what can't be written there is lost, and the work goes on. Progress and the one sentence of
/// an error come from any thread, and an exception there would end the program with a signal instead of its exit code.
/// </summary>
public sealed class SteadyWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void WriteLine() => Try(inner.WriteLine);

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException)
        {
            // There is nowhere left to say so; the exit code still does.
        }
    }
}
