namespace Mlds.Zoos.Tests.Releases;

/// <summary>Networks and releases of mlds.py go to other processes: by pickle, torch.save and data-loaders' workers.</summary>
public sealed class PythonPicklingTests : IDisposable
{
    readonly ReleaseInPython _release = ReleaseInPython.Trained("npy");

    public void Dispose() => _release.Dispose();

    [Fact]
    public void A_network_is_the_same_after_pickle_deepcopy_and_saving_whole()
    {
        _release.Python(
            """
            import copy, io, pickle, torch
            network, x = d.network(0), torch.from_numpy(d.sequences(d.machines[0])['validation']['inputs'])
            file = io.BytesIO()
            torch.save(network, file)
            for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network), torch.load(io.BytesIO(file.getvalue()))):
                assert type(other) is type(network) is mlds.Network and not other.training
                assert (other(x) == network(x)).all() and (other.states(x) == network.states(x)).all()
            assert type(d.network(1)) is mlds.Network and type(mlds.Network(d.manifest['network'])) is mlds.Network
            assert mlds.Network.__module__ == 'mlds' and mlds.Network.__qualname__ == 'Network'
            """);
    }

    [Fact]
    public void A_network_is_unpickled_in_a_process_that_has_not_yet_imported_anything()
    {
        var pickled = _release.Python("import pickle; print(pickle.dumps(d.network(0)).hex())").Trim();
        OtherPrograms.Python(
            _release.Folder,
            $"""
            import pickle, sys
            network = pickle.loads(bytes.fromhex('{pickled}'))
            import mlds, torch
            d = mlds.load('.')
            assert (torch.cat([p.detach().flatten() for p in network.parameters()]).numpy() == d.weights[0]).all()
            """);
    }

    [Fact]
    public void A_pickled_release_is_its_path_and_is_mapped_again()
    {
        _release.Python(
            """
            import copy, os, pickle
            for old in (d, d.subset(1)):
                pickled = pickle.dumps(old)
                assert len(pickled) < 1000, len(pickled)
                for new in (pickle.loads(pickled), copy.deepcopy(old), copy.copy(old)):
                    assert isinstance(new.weights, np.memmap) and os.path.samefile(new.weights.filename, 'weights.npy')
                    assert len(new) == len(old) and new.subsets == old.subsets and new.layout == old.layout
                    assert (new.weights == old.weights).all() and not np.shares_memory(new.weights, old.weights)
                    assert new.table.columns == old.table.columns and all((new.table[name] == old.table[name]).all() for name in old.table)
                    new.check()
            table = pickle.loads(pickle.dumps(d.table))
            assert (table['seed'] == d.table['seed']).all() and len(table) == 4
            assert isinstance(pickle.loads(pickle.dumps(mlds.ReleaseError('no'))), mlds.ReleaseError)
            """);
    }

    [Fact]
    public void A_worker_that_asks_for_weights_alone_reads_no_table()
    {
        _release.Python(
            """
            import os, pickle
            pickled, table = pickle.dumps(d), open('networks.csv').read()
            os.remove('networks.csv')
            new = pickle.loads(pickled)
            assert len(new) == 4 and len(new.subset(1)) == 2 and (new.state(1)['linear.0.bias'] == d.state(1)['linear.0.bias']).all()
            fails("networks.csv'; the release is incomplete", lambda: new.table)
            open('networks.csv', 'w').write(table)
            assert (new.table['seed'] == d.table['seed']).all()
            """);
    }

    [Fact]
    public void Unpickling_refuses_with_a_sentence_where_the_release_is_gone_or_is_another()
    {
        _release.Python(
            """
            import os, pickle
            pickled = pickle.dumps(d)
            whole = open('manifest.json').read()
            open('manifest.json', 'w').write(whole.replace('"1.0.0"', '"1.0.1"'))
            mlds.load('.')
            fails('where there is another release now', lambda: pickle.loads(pickled))
            os.rename('manifest.json', 'elsewhere')
            fails('which can\'t be opened here: There is no release', lambda: pickle.loads(pickled))
            os.rename('elsewhere', 'manifest.json')
            open('manifest.json', 'w').write(whole)
            pickle.loads(pickled).check()
            """);
    }

    [Fact]
    public void A_change_of_the_working_directory_is_no_harm()
    {
        _release.Python(
            """
            import os, pickle
            assert d.folder == '.'
            os.chdir('/')
            d.automaton(d.machines[0]), d.sequences(d.machines[0]), d.trajectory(0), d.recipe(0)
            assert len(pickle.loads(pickle.dumps(d))) == 4
            """);
    }

    [Theory]
    [InlineData("spawn")]
    [InlineData("fork")]
    public void Workers_of_a_data_loader_get_the_rows(string start)
    {
        File.WriteAllText(
            _release["rows.py"],
            """
            import numpy, torch
            class Rows(torch.utils.data.Dataset):
                def __init__(self, release, network):
                    self.release, self.network = release, network
                def __len__(self):
                    return len(self.release)
                def __getitem__(self, i):
                    assert isinstance(self.release.weights, numpy.memmap)
                    return torch.from_numpy(self.release.weights[i]), next(self.network.parameters())[0, 0].item()
            """);
        _release.Python(
            $"""
            import torch, rows
            data = rows.Rows(d, d.network(0))
            loader = torch.utils.data.DataLoader(data, 1, num_workers=2, multiprocessing_context='{start}')
            found = list(loader)
            assert (torch.cat([row for row, _ in found]).numpy() == d.weights).all() and found[0][1].item() == d.weights[0, 0]
            """);
    }
}
