namespace Mlds.Kernels.Random;

/// <summary>
/// What a stream of random numbers is for. Streams of one seed are independent of each other. The numbers are part of arithmetic v1
/// (docs/decisions/0001, Random numbers): never renumber, only add.
/// </summary>
public enum RandomStream : uint
{
    /// <summary>Commands of the training sequences; one sub-stream per sequence; keyed by the data seed.</summary>
    TrainingSequences = 1,

    /// <summary>Commands of the validation sequences; one sub-stream per sequence; keyed by the data seed.</summary>
    ValidationSequences = 2,

    /// <summary>Commands of the long test sequences; one sub-stream per sequence; keyed by the data seed.</summary>
    LongTestSequences = 3,

    /// <summary>A network's initial weights, in the order of its weight vector; keyed by the network's seed.</summary>
    InitialWeights = 4,

    /// <summary>The order of the training sequences; one sub-stream per epoch; keyed by the network's seed.</summary>
    Shuffles = 5,

    /// <summary>Tables of random automata; one sub-stream per automaton of a set; keyed by the set's seed.</summary>
    Automata = 6,

    /// <summary>Which output bits of the training sequences are flipped; one sub-stream per sequence; keyed by the data seed.</summary>
    LabelNoise = 7,

    /// <summary>What a population draws for each of its networks; one sub-stream per network seed; keyed by the draw's seed.</summary>
    Variation = 8,

    /// <summary>The order of a file's images, of which some train and some validate; keyed by the task's seed.</summary>
    ImageSplit = 9,

    /// <summary>The order in which training images get a trigger; keyed by the task's seed.</summary>
    Poisoning = 10,

    /// <summary>Which training images have a wrong label, and which; one sub-stream per image of the file; keyed by the task's seed.
    /// </summary>
    ImageLabelNoise = 11,
}
