using Mlds.Tasks;

namespace Mlds.Cli.Zoos;

/// <summary>How the third set of examples is called, which is only recorded.</summary>
static class LongTest
{
    /// <summary>"on long words", or "on test images".</summary>
    public static string On(LearningTask task) => $"on {Of(task)}";

    public static string Of(LearningTask task) => task is ClassificationTask ? "test images" : "long words";
}
