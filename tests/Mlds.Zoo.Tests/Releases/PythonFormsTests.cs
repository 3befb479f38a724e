using System.Text.Json.Nodes;
using Mlds.Networks;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>mlds.py on networks of other cells and forms, with the layout.csv that such releases have.</summary>
public sealed class PythonFormsTests : IDisposable
{
    /// <summary>The equations of a GRU, as somebody would add a cell of their own.</summary>
    const string OwnCell =
        """
        def own(m, sums, states):
            r, z, n, hn = sums
            (h,) = states
            n = m.tanh(n + m.sigmoid(r) * hn)
            return (n + m.sigmoid(z) * (h - n),)

        mlds.CELLS['own'] = mlds.Cell(('r', 'z', 'n'), own, apart=1)
        """;

    readonly ReleaseInPython _release = ReleaseInPython.Trained("npy");

    public void Dispose() => _release.Dispose();

    /// <summary>Says of the release that its networks are of another form.</summary>
    void Become(WeightLayout layout, JsonObject network)
    {
        File.WriteAllText(_release[ReleaseLayout.FileName], ReleaseLayout.Text(layout));
        var manifest = JsonNode.Parse(File.ReadAllText(_release["manifest.json"]))!.AsObject();
        (manifest["version"], manifest["network"]) = (ReleaseLayout.Version(layout), network);
        File.WriteAllText(_release["manifest.json"], manifest.ToJsonString());
    }

    [Fact]
    public void A_cell_that_it_does_not_know_is_said_and_all_but_computing_is_there()
    {
        Become(OtherForms.Own.Layout, OtherForms.Own.ToJson());
        _release.Python(
            """
            assert '2 OWN layers of 6' in str(d)
            d.check()
            assert d.tensor('own.weight_hh_l1').shape == (4, 18, 6) and d.state(0)['own.bias_ih_l0'].shape == (18,)
            tensor = d.layout[3]
            assert (tensor.name, tensor.module, tensor.layer, tensor.role) == ('own.bias_hh_l0', 'own', 0, 'recurrent_bias')
            assert tensor.blocks == ('r', 'z', 'n') and tensor.shape == (18,) and d.recipe(0)['seed'] == d.table['seed'][0]
            name, shape, offset, length = tensor  # as ever
            assert (offset, length) == (288, 18)
            for work in (lambda: d.network(0), lambda: d.states(0, np.ones((1, 2, 9)))):
                fails("has 'own' cells, which this mlds.py can't compute (it knows the cells gru, lstm, elman)", work)
            """);
    }

    [Fact]
    public void A_cell_that_is_added_computes_by_NumPy_and_PyTorch_what_the_networks_were_trained_to()
    {
        Become(OtherForms.Own.Layout, OtherForms.Own.ToJson());
        _release.Python(
            $"""
            {OwnCell}
            import copy, pickle, torch
            for d in (d, mlds.load('.')):
                for i in range(len(d)):
                    network, data = d.network(i), d.sequences(d.table['machine'][i])
                    assert list(network.state_dict()) == [tensor.name for tensor in d.layout]
                    assert (torch.cat([p.detach().flatten() for p in network.parameters()]).numpy() == d.weights[i]).all()
                    x = torch.from_numpy(data['validation']['inputs'])
                    with torch.no_grad():
                        found = float(((network(x) - torch.from_numpy(data['validation']['targets'])) ** 2).mean())
                        states, (last, end) = network.states(x), network.own(x)
                    assert abs(found - d.table['validation_loss'][i]) < 1e-6, (found, d.table['validation_loss'][i])
                    assert (states[-1] == last).all() and (states[:, :, -1] == end).all()
                    assert np.abs(d.states(i, x.numpy()) - states.numpy()).max() < 1e-6
            for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
                assert type(other.own) is mlds.RecurrentLayers and (other(x) == network(x)).all()
            network.states(x[:1]).sum().backward()
            assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.own.parameters())
            assert d.states(0, x[:, :0].numpy()).shape == (2, 64, 0, 6)
            """);
    }

    [Fact]
    public void A_cell_may_be_PyTorch_s_own_and_remember_more_than_h()
    {
        _release.Python(
            """
            import torch

            def mgu(m, sums, states):
                f, n, hn = sums
                (h,) = states
                f = m.sigmoid(f)
                n = m.tanh(n + f * hn)
                return (n + f * (h - n),)

            mlds.CELLS['mgu'] = mlds.Cell(('f', 'n'), mgu, apart=1)
            cells = mlds.CELLS
            x = torch.from_numpy(d.sequences(d.machines[0])['long_test']['inputs'])
            for name in cells:
                torch.manual_seed(1)
                spec = {'cell': name, 'inputs': 9, 'hidden': 5, 'layers': 2, 'linear': [4], 'activation': 'none'}
                network = mlds.Network(spec)
                with torch.no_grad():
                    for p in network.parameters():
                        p.uniform_(-1, 1)
                    states, output = network.states(x), network(x)
                assert (network.linear[0](states[-1]) - output).abs().max() < 1e-6
                for layer, weights in enumerate(getattr(network, name).all_weights):
                    below = x if layer == 0 else states[layer - 1]
                    arrays = [array.detach().numpy() for array in (below, x.new_zeros(len(x), 5), *weights)]
                    found = mlds._layer(mlds._NUMPY, cells[name], *arrays)
                    assert np.abs(found - states[layer].numpy()).max() < 1e-5 < np.abs(found).max()

            W, R, b, c = (p.detach().numpy().astype(float) for p in network.mgu.all_weights[0])  # the last: one sequence, written out
            h = np.zeros(5)
            for t in range(16):
                given, kept = W @ x[3, t].numpy() + b, R @ h + c
                f = 1 / (1 + np.exp(-(given[:5] + kept[:5])))
                n = np.tanh(given[5:] + f * kept[5:])
                h = (1 - f) * n + f * h
                assert np.abs(h - states[0, 3, t].numpy()).max() < 1e-5
            assert type(mlds.Network({**spec, 'cell': 'lstm'}).lstm) is torch.nn.LSTM
            assert type(mlds.Network({**spec, 'cell': 'elman'}).elman) is torch.nn.RNN
            """);
    }

    [Fact]
    public void A_form_that_it_does_not_know_keeps_its_tensors_in_all_their_dimensions()
    {
        Become(OtherForms.Convolution, new JsonObject { ["form"] = "feed_forward", ["layers"] = new JsonArray("anything") });
        _release.Python(
            """
            assert "of the form 'feed_forward'" in str(d)
            weights = d.tensor('conv.0.weight')
            assert weights.shape == (4, 5, 3, 6, 6) and np.shares_memory(weights, d.weights) and weights[2, 1, 0, 0, 1] == d.weights[2, 109]
            assert d.state(1)['linear.0.weight'].shape == (3, 41) and d.layout[0].role == 'weight' and d.layout[0].blocks == ()
            d.check()
            fails("has networks of the form 'feed_forward'", lambda: d.network(0))
            """);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_a_layout_of_version_2_holds_it_is_that_of_the_network_or_a_ReleaseError(bool known)
    {
        Become(OtherForms.Own.Layout, OtherForms.Own.ToJson());
        _release.Python(
            $$"""
            {{(known ? OwnCell : "")}}
            import random
            mlds.load('.')
            whole, rng = open('layout.csv').read(), random.Random(1)
            lines = whole.splitlines()

            def refused(text):
                open('layout.csv', 'w').write(text)
                fails("layout.csv' is damaged", lambda: mlds.load('.'))

            others = dict(tensor=['own.bias_hh_l0'], shape=['18x6', '', 'x', '18x9x1x2', '-18x-9', '1e3', '0x9'],
                offset=['1', '-1', '9' * 30, ''], length=['161', '0', '-162', 'many'], layer=['', 'x', '0.5'])
            if {{(known ? 1 : 0)}}:
                others.update(layer=['1', ''], role=['bias', ''], blocks=['r z', 'r, z, n', 'r n z'], module=['gru', ''])
                others['shape'] += ['9x18', '162']
                others['tensor'].append('')
            for column, values in others.items():
                at = lines[0].split(',').index(column)
                for value in values:
                    fields = lines[1].split(',')
                    fields[at] = f'"{value}"' if ',' in value else value
                    refused('\n'.join([lines[0], ','.join(fields), *lines[2:]]) + '\n')
            for text in ('', lines[0], whole[:-4], '\n'.join(lines[:-1]) + '\n', whole + lines[-1] + '\n', whole.replace('shape', 'form')):
                refused(text)
            for _ in range(50):
                at = rng.randrange(len(whole))
                open('layout.csv', 'w').write(whole[:at] + chr(rng.randrange(1, 128)) + whole[at + 1 :])
                try:
                    mlds.load('.')
                except mlds.ReleaseError as error:
                    assert '\n' not in str(error)
            """);
    }
}
