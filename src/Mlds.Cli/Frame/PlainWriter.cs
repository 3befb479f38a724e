using System.Text;
using Mlds.Boinc.Tags;

namespace Mlds.Cli.Frame;

/// <summary>
/// Writes to a terminal what may hold strangers' words, such as the processor that a volunteer's machine says it has: nothing in it moves
/// the cursor, sets a colour or turns the direction of writing (<see cref="PlainText"/>).
/// </summary>
sealed class PlainWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        // Half of a surrogate pair is written together with its other half.
        if (char.IsSurrogate(value)) inner.Write(value);
        else Write(value.ToString());
    }

    public override void Write(string? value) => inner.Write(value is null ? null : PlainText.Lines(value));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override void Flush() => inner.Flush();
}
