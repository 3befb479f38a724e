using Mlds.Kernels.Shapes;
using Mlds.Tasks.Images;

namespace Mlds.Site.Trying;

/// <summary>The test images of the task that was last asked for, so that they aren't read again for every page. Thread-safe.</summary>
sealed class TestImages
{
    readonly Lock _lock = new();
    string _of = "";
    Images? _images;

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
