using Mlds.Kernels.Shapes;
using Mlds.Tasks.Images;

namespace Mlds.Site.Trying;

/// <summary>The test images of the task that was last asked for, so that they aren't read again for every page. Thread-safe.</summary>
/// <param name="isPublic">Whether strangers ask, whom this machine's paths don't concern.</param>
sealed class TestImages(bool isPublic = false)
{
    readonly Lock _lock = new();
    string _of = "";
    Images? _images;

    /// <summary>Why there are none, in a sentence; null where there are.</summary>
    internal string? MissingOf(ImageTask task) =>
        ImageTrial.MissingOf(task) is { } why ? isPublic ? "They aren't on this server." : why : null;

    /// <exception cref="InvalidDataException">They aren't as the recipe says.</exception>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    internal Images Of(ImageTask task)
    {
        lock (_lock)
        {
            var of = $"{task.Source.TestImages.Sha256} {task.Source.TestLabels.Sha256} {task.Size} {task.Classes} {task.Test}";
            if (_images is null || of != _of) (_of, _images) = (of, task.ReadTest());
            return _images;
        }
    }
}
