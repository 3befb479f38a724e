using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>What both kinds of kernels read off a shape.</summary>
static class FeedForwardRules
{
    /// <summary>
    /// Whether the activation follows a layer. Where a pooling follows a convolution it comes after that: the same function, since it only
    /// ever rises, for a quarter of the work.
    /// </summary>
    public static bool IsActivated(FeedForwardShape shape, int layer)
    {
        if (shape.Activation == Activation.None || layer == shape.Layers.Count - 1) return false;
        var isPooledNext = shape.Layers[layer + 1] is PoolingLayer;
        return shape.Layers[layer] switch
        {
            ConvolutionLayer => !isPooledNext,
            PoolingLayer => layer > 0 && shape.Layers[layer - 1] is ConvolutionLayer,
            _ => true,
        };
    }
}
