namespace Mlds.Zoos.Tests.Releases;

/// <summary>Hidden states of every layer, by NumPy and by PyTorch.</summary>
public sealed class PythonStatesTests : IDisposable
{
    readonly ReleaseInPython _release = ReleaseInPython.Trained("npy");

    public void Dispose() => _release.Dispose();

    [Fact]
    public void NumPy_s_and_PyTorch_s_states_agree_with_each_other_and_with_what_PyTorch_s_GRU_gives()
    {
        _release.Python(
            """
            import torch
            x = d.sequences(d.machines[1])['long_test']['inputs']
            for i in range(len(d)):
                network, inputs = d.network(i), torch.from_numpy(x)
                with torch.no_grad():
                    states, (outputs, last) = network.states(inputs), network.gru(inputs)
                    linear = states[-1]
                    for k, layer in enumerate(network.linear):
                        linear = layer(linear if k == 0 else torch.tanh(linear))
                    assert (linear - network(inputs)).abs().max() < 1e-6
                assert states.shape == (2, 8, 16, 6) and (states[-1] - outputs).abs().max() < 1e-6
                assert (states[:, :, -1] - last).abs().max() < 1e-6
                for t in (1, 7):
                    with torch.no_grad():
                        assert (network.gru(inputs[:, :t])[1] - states[:, :, t - 1]).abs().max() < 1e-6, 'h after command t of every layer'
                found = d.states(i, x)
                assert found.shape == (2, 8, 16, 6) and found.dtype == np.float32
                assert np.abs(found - states.numpy()).max() < 1e-6 < np.abs(found).max()
            """);
    }

    [Fact]
    public void Gradients_flow_through_PyTorch_s_states_to_every_layer_s_weights()
    {
        _release.Python(
            """
            import torch
            network = d.network(0)
            network.states(torch.ones(1, 3, 9)).sum().backward()
            assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.gru.parameters())
            """);
    }

    [Fact]
    public void NumPy_s_states_need_no_PyTorch_and_no_particular_type_and_saturated_gates_give_no_warning()
    {
        _release.Python(
            """
            import sys, warnings
            warnings.simplefilter('error')
            x = np.ones((2, 3, 9), np.uint8)
            assert (d.states(0, x) == d.states(0, x.astype(float))).all() and d.states(-1, x.tolist()).shape == (2, 2, 3, 6)
            assert d.states(0, x[:, :0]).shape == (2, 2, 0, 6) and d.states(0, x[:0]).shape == (2, 0, 3, 6)
            assert np.isfinite(d.states(0, x * 1e6)).all() and np.isfinite(d.states(0, x * -1e6)).all()
            assert 'torch' not in sys.modules
            fails('Inputs must be B x T x 9', lambda: d.states(0, x[0]))
            fails('not 2 x 3 x 8', lambda: d.states(0, x[:, :, :8]))
            fails('rows are 0 to 3', lambda: d.states(4, x))
            """);
    }
}
