namespace Mlds.Networks;

/// <summary>The tensors of a recurrent network by layer, for code that deals with recurrent networks only.</summary>
public static class RecurrentLayout
{
    extension(WeightLayout layout)
    {
        public RecurrentSpec Recurrent => (RecurrentSpec)layout.Spec;

        public WeightTensor WeightIh(int layer) => layout.Recurrent.Recurrent(layer, TensorRole.Weight);

        public WeightTensor WeightHh(int layer) => layout.Recurrent.Recurrent(layer, TensorRole.RecurrentWeight);

        public WeightTensor BiasIh(int layer) => layout.Recurrent.Recurrent(layer, TensorRole.Bias);

        public WeightTensor BiasHh(int layer) => layout.Recurrent.Recurrent(layer, TensorRole.RecurrentBias);

        public WeightTensor LinearWeight(int layer) => layout.Recurrent.OfLinear(layer, TensorRole.Weight);

        public WeightTensor LinearBias(int layer) => layout.Recurrent.OfLinear(layer, TensorRole.Bias);
    }
}
