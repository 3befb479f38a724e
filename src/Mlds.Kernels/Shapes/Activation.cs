namespace Mlds.Kernels.Shapes;

/// <summary>What stands between the linear layers; after the last there is never any.</summary>
public enum Activation
{
    None,
    Relu,
    Tanh,
}
