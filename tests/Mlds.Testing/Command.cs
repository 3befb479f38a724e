using System.Diagnostics;
using System.Text;

namespace Mlds.Testing;

/// <summary>A program or a command line run to its end.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record Command(int ExitCode, string Output, string Error)
{
    /// <summary>Both streams, for a failure's message.</summary>
    public string Everything => $"exit code {ExitCode}\n{Output}\n{Error}";

    /// <summary>Runs a program that reads <paramref name="input"/>; a null value takes a variable away.</summary>
    /// <exception cref="TimeoutException">It took longer than <paramref name="limit"/> and was ended.</exception>
    public static Command Run(
        string program, IEnumerable<string> arguments, string folder, TimeSpan limit,
        IReadOnlyDictionary<string, string?>? environment = null, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {limit.TotalSeconds} s.");
        }

        return new Command(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs a command line within this process, which is given the two streams and returns its exit code.</summary>
    public static Command Run(Func<TextWriter, TextWriter, int> commandLine)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = commandLine(output, error);
        return new Command(code, output.ToString(), error.ToString());
    }
}
