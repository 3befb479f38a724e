using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests.Releases;

/// <summary>python/mlds.py, as it comes with every release, on networks really trained.</summary>
public sealed class PythonLoaderTests : IDisposable
{
    readonly ExampleZoo _zoo = ExampleZoo.Trained();

    public void Dispose() => _zoo.Dispose();

    void Write(params string[] formats) =>
        _zoo.Write("r", new ReleaseOptions([1, 2], formats) { TrainingData = true, Trajectories = true });

    string Python(string code) => OtherPrograms.Python(_zoo["r"], $"import mlds, numpy as np\nd = mlds.load('.')\n{code}");

    [Fact]
    public void PyTorch_gets_the_recorded_validation_and_long_loss_of_every_network()
    {
        Write("npy");
        Python(
            """
            import torch
            for i in range(len(d)):
                network, data = d.network(i), d.sequences(d.table['machine'][i])
                assert type(network.gru) is torch.nn.GRU and all(type(layer) is torch.nn.Linear for layer in network.linear)
                assert sum(p.numel() for p in network.parameters()) == d.weights.shape[1]
                flat = torch.cat([p.detach().flatten() for p in network.parameters()]).numpy()
                assert (flat == d.weights[i]).all(), 'the order of parameters()'
                for name, loss in (('validation', 'validation_loss'), ('long_test', 'long_loss')):
                    with torch.no_grad():
                        outputs = network(torch.from_numpy(data[name]['inputs']))
                    found = float(((outputs - torch.from_numpy(data[name]['targets'])) ** 2).mean())
                    assert abs(found - d.table[loss][i]) < 1e-6, (i, name, found, d.table[loss][i])
            """);
    }

    [Fact]
    public void The_loader_imports_nothing_but_NumPy_and_the_standard_library()
    {
        Write("npy");
        OtherPrograms.Python(
            _zoo["r"],
            """
            import sys, numpy
            before = set(sys.modules)
            import mlds
            d = mlds.load('.')
            str(d), d.subset(1), d.leave_out('SimpleXORMachine'), d.tensor('gru.weight_hh_l1')
            for heavy in ('torch', 'h5py', 'pandas', 'pyarrow', 'duckdb', 'scipy'):
                assert heavy not in set(sys.modules) - before, heavy
            assert isinstance(d.weights, numpy.memmap)
            """);
    }

    [Fact]
    public void Table_splits_automata_sequences_and_courses_are_those_of_the_release()
    {
        Write("npy", "h5");
        var release = Release.Open(_zoo["r"]);
        var lines = Python(
            """
            d.check()
            assert d.machines == ['SingleDirectMachine', 'SimpleXORMachine'] and d.subsets == [1, 2] and len(d) == 4
            assert 'SimpleXORMachine' in str(d) and '4 networks' in str(d)
            small = d.subset(1)
            assert len(small) == 2 and small.weights.base is not None and small.subsets == [1]
            assert sorted(np.concatenate([d.split(side) for side in ('train', 'validation', 'test')])) == list(range(4))
            learn, test = d.leave_out('SimpleXORMachine')
            assert list(test) == list(d.rows('SimpleXORMachine')) and not set(learn) & set(test) and len(learn) == 2
            for machine in d.machines:
                automaton, data = d.automaton(machine), d.sequences(machine)
                for part in data.values():
                    state = np.full(len(part['symbols']), automaton['start'])
                    for t in range(part['symbols'].shape[1]):
                        state = automaton['next'][state, part['symbols'][:, t]]
                        assert (automaton['output'][state] == part['targets'][:, t]).all()
            for i in range(4):
                epochs, weights = d.trajectory(i)
                assert (weights[-1] == d.weights[i]).all() and epochs[-1] == d.table['epochs'][i] and len(epochs) == len(weights) > 1
                history = d.history(i)
                assert history['validation_loss'][-1] == d.table['validation_loss'][i] and len(history['learning_rate']) == epochs[-1]
                assert d.recipe(i)['seed'] == d.table['seed'][i] and d.recipe(i)['machine_name'] == d.table['machine'][i]
                print(d.table['recipe_id'][i], d.table['validation_loss'][i].view(np.uint32), d.table['weights_sha256'][i])
            """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            release.Networks.Select(
                network => $"{network.RecipeId} {BitConverter.SingleToUInt32Bits(network.ValidationLoss)} {network.WeightsSha256}"),
            lines);
    }

    [Theory]
    [InlineData("h5")]
    [InlineData("safetensors")]
    public void Weights_come_from_whichever_format_there_is(string format)
    {
        Write(format);
        Python("d.check(); d.check(-1)");
    }

    [Theory]
    [InlineData("pyarrow")]
    [InlineData("duckdb")]
    public void Histories_come_from_Parquet_too(string reader)
    {
        Write("npy");
        OtherPrograms.Python(_zoo["r"], $"import {reader}");
        Python(
            $$"""
            mlds._found = lambda name: name == '{{reader}}'
            for i in range(len(d)):
                assert d.history(i)['validation_loss'][-1] == d.table['validation_loss'][i]
            """);
    }

    [Fact]
    public void Bad_input_gets_one_sentence()
    {
        Write("npy");
        Python(
            """
            import os, json
            def fails(says, work):
                try:
                    work()
                except mlds.ReleaseError as error:
                    assert says in str(error) and '\n' not in str(error), error
                else:
                    raise AssertionError(says)
            fails('no manifest.json', lambda: mlds.load('nowhere'))
            fails('rows are 0 to 3', lambda: d.network(4))
            fails('it has 1, 2', lambda: d.subset(3))
            fails('it has SingleDirectMachine, SimpleXORMachine', lambda: d.rows('../../etc/passwd'))
            fails('there are train, validation and test', lambda: d.split('dev'))
            fails('gru.weight_ih_l0', lambda: d.tensor('weight'))
            fails('no sequences of mlds', lambda: mlds.sequences('weights.npy'))

            def altered(name, change):
                whole = open(name, 'rb').read()
                open(name, 'wb').write(change(whole))
                return lambda: open(name, 'wb').write(whole)
            for name in ('manifest.json', 'networks.csv', 'layout.csv', 'weights.npy'):
                for length in (0, 10, -30):
                    undo = altered(name, lambda whole: whole[:length])
                    fails('.' , lambda: mlds.load('.'))
                    undo()
            undo = altered('manifest.json', lambda whole: whole.replace(b'"version": 1,', b'"version": 99,'))
            fails('take a newer mlds.py', lambda: mlds.load('.'))
            undo()
            undo = altered('manifest.json', lambda whole: whole.replace(b'"name": "SimpleXORMachine"', b'"name": "../SimpleXOR"'))
            fails('whose name is none', lambda: mlds.load('.'))
            undo()
            undo = altered('weights.npy', lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]))
            fails('row 3', lambda: mlds.load('.').check())
            undo()
            mlds.load('.').check()
            """);
    }
}
