namespace Mlds.Zoos.Tests.Releases;

/// <summary>Copies that lost something, were rewritten or are damaged: mlds.py reads them or raises ReleaseError; it never hangs.</summary>
public sealed class PythonDamageTests : IDisposable
{
    readonly ReleaseInPython _release = ReleaseInPython.Trained("npy", "h5", "safetensors");

    public void Dispose() => _release.Dispose();

    [Fact]
    public void A_copy_without_folders_says_which_folder_it_lost_and_what_to_do()
    {
        _release.Python(
            """
            import os, shutil
            machine = d.machines[1]
            questions = (('machines', lambda: d.automaton(machine)), ('training-data', lambda: d.sequences(machine)),
                ('trajectories', lambda: d.trajectory(0)))
            for folder, question in questions:
                names = os.listdir(folder)
                for name in names:
                    os.rename(f'{folder}/{name}', f'{folder}~{name}')
                fails(f'has lost {folder}/', question)
                os.rmdir(folder)
                d = mlds.load('.')
                fails(f"has lost its folder '{folder}'", question)
                fails('fetch the release as one archive', question)
                os.mkdir(folder)
                for name in names:
                    os.rename(f'{folder}~{name}', f'{folder}/{name}')
                question()
            """);
    }

    [Fact]
    public void What_a_release_was_made_without_is_said_to_be_so()
    {
        _release.Python(
            """
            import json, os, shutil
            manifest = json.load(open('manifest.json'))
            manifest.update(training_data=False, trajectories=False)
            manifest['machines'][1]['automaton'] = None
            json.dump(manifest, open('manifest.json', 'w'))
            for folder in ('machines', 'training-data', 'trajectories'):
                shutil.rmtree(folder)
            d = mlds.load('.')
            fails('too many states', lambda: d.automaton(d.machines[1]))
            fails('lost its folder', lambda: d.automaton(d.machines[0]))
            fails('came without sequences', lambda: d.sequences(d.machines[0]))
            fails('made without --trajectories', lambda: d.trajectory(0))
            """);
    }

    [Theory]
    [InlineData("chunks=(3, 100)")]
    [InlineData("compression='gzip'")]
    [InlineData("chunks=(2, 64), shuffle=True, fletcher32=True, compression=1")]
    [InlineData("compression='lzf', maxshape=(None, 671)")]
    [InlineData("")]
    public void An_HDF5_file_whose_weights_were_rewritten_in_chunks_or_compressed_is_read(string options)
    {
        foreach (var file in new[] { "weights.npy", "weights.safetensors" }) File.Delete(_release[file]);
        _release.Python(
            $"""
            import h5py, pickle
            with h5py.File('mlds.h5', 'r+') as file:
                weights = file['weights'][...]
                del file['weights']
                file.create_dataset('weights', data=weights{(options.Length > 0 ? ", " + options : "")})
            new = mlds.load('.')
            new.check()
            assert new.weights.flags.writeable and (new.weights == weights).all()
            assert (pickle.loads(pickle.dumps(new)).weights == weights).all()
            assert isinstance(new.weights, np.memmap) == ('{options.Length}' == '0')
            assert new.history(0)['validation_loss'][-1] == d.table['validation_loss'][0]
            """);
    }

    [Fact]
    public void An_HDF5_file_that_h5repack_copied_is_mapped()
    {
        OtherPrograms.Run("h5repack", _release.Folder, "mlds.h5", "other.h5");
        File.Move(_release["other.h5"], _release["mlds.h5"], overwrite: true);
        foreach (var file in new[] { "weights.npy", "weights.safetensors" }) File.Delete(_release[file]);
        _release.Python(
            "d.check()\nassert isinstance(d.weights, np.memmap) and d.history(0)['validation_loss'][-1] == d.table['validation_loss'][0]");
    }

    [Theory]
    [InlineData(">f4", "")]
    [InlineData("<f2", "float16")]
    [InlineData("<f8", "float64")]
    [InlineData("<i4", "int32")]
    public void An_HDF5_file_of_another_type_is_read_where_no_bit_is_lost_and_else_refused(string type, string refused)
    {
        foreach (var file in new[] { "weights.npy", "weights.safetensors" }) File.Delete(_release[file]);
        _release.Python(
            $"""
            import h5py
            with h5py.File('mlds.h5', 'r+') as file:
                weights = file['weights'][...]
                del file['weights']
                file['weights'] = weights.astype('{type}')
            if '{refused}':
                fails("'./mlds.h5' is damaged or of something else (ValueError: {refused} of (4, 671) where", lambda: mlds.load('.'))
            else:
                mlds.load('.').check()
            """);
    }

    [Theory]
    [InlineData("F16", "<f2")]
    [InlineData("BF16", "<f2")]
    [InlineData("F64", "<f8")]
    [InlineData("I32", "<i4")]
    public void Safetensors_of_another_type_are_refused(string name, string type)
    {
        File.Delete(_release["weights.npy"]);
        _release.Python(
            $$"""
            import json
            whole = open('weights.safetensors', 'rb').read()
            start = 8 + int.from_bytes(whole[:8], 'little')
            header, body = json.loads(whole[8:start]), b''
            for tensor in d.layout:
                about = header[tensor.name]
                first, end = about['data_offsets']
                values = np.frombuffer(whole[start + first : start + end], '<f4').astype('{{type}}').tobytes()
                header[tensor.name] = {'dtype': '{{name}}', 'shape': about['shape'], 'data_offsets': [len(body), len(body) + len(values)]}
                body += values
            header = json.dumps(header).encode()
            body = body.ljust(4 * d.weights.size, b'\0')
            open('weights.safetensors', 'wb').write(len(header).to_bytes(8, 'little') + header + body)
            fails('gru.weight_ih_l0 is {{name}} of [4, 18, 9] where the release has F32', lambda: mlds.load('.'))
            """);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("networks.csv")]
    [InlineData("layout.csv")]
    [InlineData("weights.npy")]
    [InlineData("weights.safetensors", "weights.npy")]
    [InlineData("mlds.h5")]
    [InlineData("mlds.h5", "weights.npy", "weights.safetensors")]
    [InlineData("networks.parquet", "mlds.h5")]
    [InlineData("recipes.json")]
    [InlineData("machines/SimpleXORMachine.json")]
    [InlineData("training-data/SimpleXORMachine.npz")]
    [InlineData("trajectories/milestones.csv")]
    [InlineData("trajectories/weights.npy")]
    public void Whatever_a_file_holds_only_ReleaseError_comes_and_nothing_hangs(string file, params string[] without)
    {
        foreach (var other in without) File.Delete(_release[other]);
        if (file.EndsWith(".parquet", StringComparison.Ordinal))
            _release.Python("assert mlds._found('pyarrow') or mlds._found('duckdb') or __import__('pyarrow')"); // else the test is skipped
        _release.Python($"NAME = '{file}'\n{Damage}");
    }

    const string Damage =
        """
        import faulthandler, json, os, pathlib, random
        faulthandler.dump_traceback_later(240, exit=True)  # a hang fails, and says where
        path, rng, found = pathlib.Path(NAME), random.Random(1), {'refused': 0, 'answered': 0}
        machine, inputs = d.machines[1], np.ones((1, 2, 9))

        def whole(d):
            return [str(d), d.check(), d.subset(1).check(0), d.tensor('linear.0.bias'), d.states(1, inputs), d.leave_out(machine)]

        parts = [whole, lambda d: d.history(1), lambda d: d.automaton(machine), lambda d: d.sequences(machine), lambda d: d.trajectory(1),
            lambda d: d.recipe(1)]

        def refuses(work, what):
            try:
                work()
            except mlds.ReleaseError as error:
                assert '\n' not in str(error) and len(str(error)) < 700, (what, error)
                return True
            except BaseException as error:
                raise AssertionError(f'{what}: {type(error).__name__}: {error}') from error

        def ask(what):
            refused = refuses(lambda: globals().update(d=mlds.load('.')), what)
            refused = refused or sum(bool(refuses(lambda: part(d), what)) for part in parts)
            found['refused' if refused else 'answered'] += 1
            return refused

        def texts(text):
            for length in (0, 1, 10, len(text) // 2, len(text) - 1):
                yield text[:length]
            yield from (bytes(len(text)), text.replace(b'a', b'\0'), text.replace(b'e', b'\xff'), text.decode('latin-1').encode('utf-16'))
            yield from (b'[' * 200000, b'{"format":' * 100000, b'"' + b'x' * 200000 + text, rng.randbytes(len(text)), text + text)
            starts = [i for i, c in enumerate(text) if 48 <= c < 58 and not (i and 48 <= text[i - 1] < 58)]
            for huge in (b'1e400', b'9' * 30, b'9' * 5000, b'-1', b'null', b'"x"', b'[]', b'{}', b'NaN', b'3000000000', b'0.5'):
                for start in rng.sample(starts, min(len(starts), 3)):
                    end = next((i for i in range(start, len(text)) if not 48 <= text[i] < 58), len(text))
                    yield text[:start] + huge + text[end:]
            for _ in range(20):
                at, length = rng.randrange(len(text)), rng.choice((1, 4, 16))
                yield text[:at] + rng.randbytes(length) + text[at + length :]

        deep = json.loads('[' * 600 + ']' * 600)

        def values(tree):
            'The JSON with each of its values, in turn, another.'
            for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
                kept = tree[key]
                for tree[key] in rng.sample([None, -1, 10 ** 12, 10 ** 400, 1.5, 'x', [], {}, [[]], True, float('inf'), deep], 2):
                    yield
                tree[key] = kept
                if isinstance(kept, (dict, list)) and len(kept) < 40:
                    yield from values(kept)

        text = path.read_bytes()
        assert ask('untouched') == 0
        for i, other in enumerate(texts(text)):
            path.write_bytes(other)
            ask(f'text {i}')
        if path.suffix == '.json':
            tree = json.loads(text)
            for i, _ in enumerate(values(tree)):
                path.write_text(json.dumps(tree))
                ask(f'value {i}')
        path.unlink()
        ask('nothing')
        others = {'a folder': path.mkdir, 'a pipe': lambda: os.mkfifo(path), 'a device': lambda: path.symlink_to('/dev/zero'),
            'a loop': lambda: path.symlink_to(path.name)}
        for what, make in others.items():
            make()
            assert ask(what) or NAME == 'mlds.h5' or what == 'a loop', what
            path.rmdir() if path.is_dir() else path.unlink()
        path.write_bytes(text)
        assert ask('untouched again') == 0 and found['refused'] > 10, found
        """;
}
