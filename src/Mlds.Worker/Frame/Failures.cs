namespace Mlds.Worker.Frame;

/// <summary>What was asked for is impossible: a wrong word, number or file. Exit code 2; the message is one clear sentence.</summary>
sealed class UsageException(string sentence) : Exception(sentence);

/// <summary>What was asked for is possible, but not here or not with these files. Exit code 1; the message is one clear sentence.</summary>
sealed class FailureException(string sentence) : Exception(sentence);

static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>SIGINT, SIGTERM or SIGHUP; with --checkpoint, what was done is kept.</summary>
    public const int Interrupted = 130;
}
