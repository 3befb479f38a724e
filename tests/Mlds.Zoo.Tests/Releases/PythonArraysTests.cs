namespace Mlds.Zoos.Tests.Releases;

/// <summary>What mlds.py promises of the arrays it hands out, and of the small things around them.</summary>
public sealed class PythonArraysTests : IDisposable
{
    ReleaseInPython _release = ReleaseInPython.Trained("npy", "h5");

    public void Dispose() => _release.Dispose();

    [Theory]
    [InlineData("weights.npy")]
    [InlineData("mlds.h5")]
    public void Every_array_may_be_written_to_which_changes_no_file(string weights)
    {
        if (weights != "weights.npy") File.Delete(_release["weights.npy"]);
        var before = Directory.GetFiles(_release.Folder, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
        _release.Python(
            """
            import warnings, torch
            warnings.simplefilter('error')
            machine = d.machines[0]
            data, automaton = d.sequences(machine), d.automaton(machine)
            arrays = [d.weights, d.weights[1], d.subset(1).weights, d.tensor('gru.weight_hh_l1')]
            arrays += [d.rows(machine), d.split('train'), *d.leave_out(machine), *d.state(0).values(), *d.trajectory(1)]
            arrays += [automaton['next'], automaton['output'], d.states(0, np.ones((1, 2, 9)))]
            arrays += [array for part in data.values() for array in part.values()] + [values for values in d.table._columns.values()]
            if __import__('importlib').util.find_spec('h5py'):
                arrays += d.history(0).values()
            for array in arrays:
                assert array.flags.writeable
                if array.dtype.kind != 'U':
                    torch.from_numpy(array)
                array[...] = array[::-1].copy()
            assert isinstance(d.weights, np.memmap) and isinstance(d.trajectory(1)[1], np.memmap)
            fails('row 0', lambda: d.check(0))
            d.recipe(0)['training']['batch'] = 7
            assert d.recipe(0)['training']['batch'] == 16
            """);
        Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(File.ReadAllBytes(file.Key)), file.Key));
    }

    [Fact]
    public void Where_the_system_promises_too_little_memory_for_that_weights_are_mapped_for_reading()
    {
        _release.Python(
            """
            import resource
            used = 1024 * next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmData'))
            weights = np.lib.format.open_memmap('large.npy', mode='w+', dtype=np.float32, shape=(1 << 20, 512))
            weights[-1] = 7
            resource.setrlimit(resource.RLIMIT_DATA, (used + (1 << 30), resource.getrlimit(resource.RLIMIT_DATA)[1]))
            small, large = mlds._npy('weights.npy'), mlds._npy('large.npy')
            assert small.flags.writeable and not large.flags.writeable and large[-1, 0] == 7
            """);
    }

    [Fact]
    public void A_tensor_is_a_view_of_weights_and_a_state_a_copy()
    {
        _release.Python(
            """
            for tensor in d.layout:
                values = d.tensor(tensor.name)
                assert values.shape == (4,) + tensor.shape and np.shares_memory(values, d.weights)
                assert (values[2] == d.state(2)[tensor.name]).all() and not np.shares_memory(d.state(2)[tensor.name], d.weights)
            assert np.shares_memory(d.subset(1).weights, d.weights) and (d.weights.dtype, d.weights.shape) == (np.float32, (4, 671))
            """);
    }

    [Fact]
    public void The_table_has_names_lengths_and_types_and_says_which_columns_there_are()
    {
        _release.Python(
            """
            table = d.table
            assert list(table) == table.columns == [name for name, _ in table.items()]
            assert len(table) == 4 and 'seed' in table and 'x' not in table
            kinds = {'row': 'int32', 'seed': 'int64', 'subset': 'int32', 'epochs': 'int32', 'core_seconds': 'float64',
                'training_loss': 'float32', 'validation_loss': 'float32', 'long_loss': 'float32'}
            assert all(table[name].dtype == kinds.get(name, table[name].dtype) for name in table) and table['machine'].dtype.kind == 'U'
            assert len(table.first(3)) == 3 and (table.first(3)['seed'] == table['seed'][:3]).all() and '4 rows' in repr(table)
            try:
                table['sead']
            except KeyError as error:
                assert 'seed' in str(error) and 'sead' in str(error)
            else:
                raise AssertionError()
            assert d.population == 'trained' and '4 networks of 671' in repr(d) and mlds.load(b'.').folder == '.'
            assert all(part['symbols'].dtype == np.uint8 and part['inputs'].dtype == part['targets'].dtype == np.float32
                for part in d.sequences(d.machines[0]).values())
            for wrong in (1.0, '1', None):
                try:
                    d.state(wrong)
                except TypeError:
                    pass
                else:
                    raise AssertionError(wrong)
            """);
    }

    [Fact]
    public void The_SHA_256_of_a_recipe_s_canonical_JSON_is_its_recipe_id()
    {
        _release.Python(
            """
            import hashlib, json, re
            for i in range(len(d)):
                text = re.sub('e-0', 'e-', json.dumps(d.recipe(i), sort_keys=True, separators=(',', ':'), ensure_ascii=False))
                assert hashlib.sha256(text.encode()).hexdigest() == d.table['recipe_id'][i], text
            """);
    }

    [Fact]
    public void The_table_is_a_data_frame_of_pandas()
    {
        _release.Python(
            """
            import pandas
            frame = d.dataframe()
            assert list(frame.columns) == d.table.columns and (frame['seed'] == d.table['seed']).all()
            """);
    }

    [Fact]
    public void Without_PyTorch_the_sentence_says_what_to_install_and_everything_else_works()
    {
        _release.Python(
            """
            import sys
            sys.modules['torch'] = None
            for work in (lambda: d.network(0), lambda: mlds.Network):
                try:
                    work()
                except ImportError as error:
                    assert 'pip install torch' in str(error)
                else:
                    raise AssertionError()
            from mlds import *
            load('.').check()
            assert not hasattr(mlds, 'Net') and set(mlds.__all__) == {
                'load', 'Cell', 'CELLS', 'Release', 'ReleaseError', 'Table', 'Tensor', 'idx', 'sequences'}
            """);
    }

    [Fact]
    public void Leaving_a_machine_out_with_twins_apart_has_no_seed_on_both_sides()
    {
        _release.Dispose();
        _release = ReleaseInPython.Drawn();
        _release.Python(
            """
            for machine in d.machines:
                learn, test = d.leave_out(machine, twins_apart=True)
                assert len(learn) and len(test) and not set(d.table['seed'][learn]) & set(d.table['seed'][test])
                assert set(d.table['machine'][test]) == {machine} and machine not in d.table['machine'][learn]
            """);
    }
}
