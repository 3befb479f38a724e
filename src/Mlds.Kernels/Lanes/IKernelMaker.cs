namespace Mlds.Kernels.Lanes;

/// <summary>Something that is written once over the lanes and once in plain code.</summary>
interface IKernelMaker<T>
{
    /// <param name="name">The kernel set's.</param>
    T Vector<TLanes, TVector>(string name)
        where TLanes : struct, ILanes<TLanes, TVector>
        where TVector : struct;

    T Scalar();
}
