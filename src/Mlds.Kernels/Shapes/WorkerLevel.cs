namespace Mlds.Kernels.Shapes;

/// <summary>
/// What a program that trains networks knows, as a number that grows with every addition: a work unit names the lowest level that can carry
/// it out, and isn't sent to volunteers' older programs (docs/formats/bundle.md).
/// </summary>
public static class WorkerLevel
{
    /// <summary>GRU networks: all that programs from before there were levels know.</summary>
    public const int First = 1;

    /// <summary>Programs that take files beside a work unit's bundle.</summary>
    public const int Files = 4;

    /// <summary>
    /// The level of this program: 2 added LSTM and Elman cells; 3 weight decay, SGD, an initial scale, label noise and sequences from a
    /// file; 4 feed-forward networks, cross-entropy, images, and files
    /// beside a bundle.
    /// src/Mlds.Worker/publish reads this line.
    /// </summary>
    public const int Current = 4;
}
