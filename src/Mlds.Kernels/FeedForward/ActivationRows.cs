using Mlds.Kernels.Elementary;
using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.FeedForward;

/// <summary>An activation and its derivative over neighbouring numbers.</summary>
static unsafe class ActivationRows<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public static void Apply(Activation activation, float* values, nint count)
    {
        for (nint i = 0; i < count; i += TLanes.Width)
        {
            var x = TLanes.Load(values + i);
            TLanes.Store(
                activation == Activation.Relu ? TLanes.WherePositive(x, x) : ActivationLanes<TLanes, TVector>.Tanh(x), values + i);
        }
    }

    /// <param name="outputs">What <see cref="Apply"/> gave.</param>
    /// <param name="delta">Gradient of that; in place, of what it was given.</param>
    public static void Differentiate(Activation activation, float* outputs, nint count, float* delta)
    {
        for (nint i = 0; i < count; i += TLanes.Width)
        {
            var y = TLanes.Load(outputs + i);
            var d = TLanes.Load(delta + i);
            var slope = TLanes.Subtract(TLanes.All(1f), TLanes.Multiply(y, y));
            TLanes.Store(activation == Activation.Relu ? TLanes.WherePositive(y, d) : TLanes.Multiply(d, slope), delta + i);
        }
    }
}
