using Mlds.Cli.Frame;

namespace Mlds.Cli.Tests.Frame;

public sealed class PlainWriterTests
{
    [Fact]
    public void A_terminal_gets_nothing_that_it_would_obey()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var writer = new PlainWriter(inner);
        writer.WriteLine("  1 \u001b[2J\u001b]0;owned\u0007 CPU\t\u202Ex");
        writer.Write('\u009b');
        foreach (var letter in "🖥\n") writer.Write(letter);
        writer.Write("Grüße █▌".ToCharArray());
        writer.WriteLine();
        Assert.Equal("  1 \uFFFD[2J\uFFFD]0;owned\uFFFD CPU\t\uFFFDx\n\uFFFD🖥\nGrüße █▌\n", inner.ToString());
    }
}
