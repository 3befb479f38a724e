using Mlds.Kernels.Shapes;

namespace Mlds.Tasks;

/// <summary>The three sets of examples of one <see cref="LearningTask"/>; shared by all networks that learn from them.</summary>
public abstract class TrainingData
{
    /// <summary>What the weights are changed by.</summary>
    public abstract Examples Training { get; }

    /// <summary>What decides when a run stops.</summary>
    public abstract Examples Validation { get; }

    /// <summary>What is evaluated once at the end and only recorded: longer words.</summary>
    public abstract Examples LongTest { get; }

    /// <summary>Lower-case hex SHA-256 over all examples, by which a recipe names them.</summary>
    public abstract string Sha256 { get; }
}
