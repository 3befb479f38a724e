namespace Mlds.Kernels.Shapes;

/// <summary>The function between the linear layers; there is never one after the last.</summary>
public enum Activation
{
    None,
    Relu,
    Tanh,
}
