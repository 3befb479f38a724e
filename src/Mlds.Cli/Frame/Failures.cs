namespace Mlds.Cli.Frame;

/// <summary>What the user asked for is impossible: a wrong name, number or file. Exit code 2; the message is one clear sentence.</summary>
sealed class UsageException(string sentence) : Exception(sentence);

/// <summary>What the user asked for is possible, but it failed. Exit code 1; the message is one clear sentence.</summary>
sealed class FailureException(string sentence, Exception? cause = null) : Exception(sentence, cause);

/// <summary>The exit codes that scripts rely on (docs/formats/cli-json.md).</summary>
static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>Ctrl-C, SIGTERM or a hang-up; what was finished is stored, and the same command goes on from there.</summary>
    public const int Interrupted = 130;
}
