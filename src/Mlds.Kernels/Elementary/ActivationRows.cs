using Mlds.Kernels.Lanes;
using Mlds.Kernels.Shapes;

namespace Mlds.Kernels.Elementary;

/// <summary>An activation and its derivative over neighbouring numbers.</summary>
static unsafe class ActivationRows<TLanes, TVector>
    where TLanes : struct, ILanes<TLanes, TVector>
    where TVector : struct
{
    public static void Apply(Activation activation, float* values, nint count)
    {
        var relu = activation == Activation.Relu;
        for (nint i = 0; i < count; i += TLanes.Width)
        {
            var x = TLanes.Load(values + i);
            TLanes.Store(relu ? TLanes.WherePositive(x, x) : ActivationLanes<TLanes, TVector>.Tanh(x), values + i);
        }
    }

    /// <param name="outputs">What <see cref="Apply"/> gave.</param>
    /// <param name="delta">Gradient of that; in place, of what it was given.</param>
    public static void Differentiate(Activation activation, float* outputs, nint count, float* delta)
    {
        var relu = activation == Activation.Relu;
        for (nint i = 0; i < count; i += TLanes.Width)
        {
            var y = TLanes.Load(outputs + i);
            var d = TLanes.Load(delta + i);
            TLanes.Store(
                relu ? TLanes.WherePositive(y, d) : TLanes.Multiply(d, TLanes.Subtract(TLanes.All(1f), TLanes.Multiply(y, y))), delta + i);
        }
    }
}
