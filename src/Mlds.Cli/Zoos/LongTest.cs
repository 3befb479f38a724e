using Mlds.Tasks;

namespace Mlds.Cli.Zoos;

/// <summary>How the third set of examples is called, which is only recorded.</summary>
static class LongTest
{
    /// <summary>"long words", or "test images".</summary>
    public static string Of(LearningTask task) => task is ClassificationTask ? "test images" : "long words";
}
