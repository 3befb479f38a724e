using System.Text.Json;

namespace Mlds.Analysis.Tests.Foreign;

/// <summary>
/// A zoo that PyTorch makes: 300 networks 2–8–8–1 with ReLU that learn whether two numbers have one sign, three from each of 100 initial
/// weights, by gradient descent or by Adam, at learning rates over two decades.
/// </summary>
static class TorchZoo
{
    internal const int Networks = 300;

    /// <summary>All networks are trained at once: a tensor of weights has one axis more.</summary>
    const string Train = """
        import os, csv, torch
        torch.set_num_threads(1)
        N, seeds = 300, [i // 3 for i in range(300)]
        draw = torch.Generator().manual_seed(7)
        adam = torch.rand(N, generator=draw) < 0.5
        rates = 10 ** (torch.rand(N, generator=draw) * 2 - 3)
        rates = torch.where(adam, rates, rates * 10)
        models = []
        for seed in seeds:
            torch.manual_seed(seed)
            models.append(torch.nn.Sequential(
                torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)))
        names = list(models[0].state_dict())
        w = {k: torch.stack([m.state_dict()[k] for m in models]).clone().requires_grad_() for k in names}
        def forward(x):
            for layer in (0, 2, 4):
                x = torch.baddbmm(w[f'{layer}.bias'][:, None, :], x, w[f'{layer}.weight'].transpose(1, 2))
                x = torch.relu(x) if layer < 4 else x
            return x[:, :, 0]
        x = torch.rand(512, 2, generator=draw) * 2 - 1
        y = (x[:, 0] * x[:, 1] > 0).float()
        first = {k: torch.zeros_like(w[k]) for k in names}
        second = {k: torch.zeros_like(w[k]) for k in names}
        def losses(rows):
            out = forward(x[rows].expand(N, -1, -1))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(out, y[rows].expand(N, -1), reduction='none').mean(1)
            return loss, ((out > 0).float() == y[rows]).float().mean(1)
        for step in range(1, 81):
            loss, _ = losses(torch.randint(0, 256, (64,), generator=draw))
            grads = torch.autograd.grad(loss.sum(), [w[k] for k in names])
            with torch.no_grad():
                for k, g in zip(names, grads):
                    shape = (N,) + (1,) * (g.dim() - 1)
                    first[k].mul_(0.9).add_(0.1 * g)
                    second[k].mul_(0.999).add_(0.001 * g * g)
                    moved = (first[k] / (1 - 0.9 ** step)) / ((second[k] / (1 - 0.999 ** step)).sqrt() + 1e-8)
                    w[k] -= rates.view(shape) * torch.where(adam.view(shape), moved, g)
        loss, accuracy = losses(torch.arange(256, 512))
        rows = torch.cat([w[k].detach().reshape(N, -1) for k in names], 1).numpy().astype('<f4')
        np.save(os.path.join(folder, 'weights.npy'), rows)
        with open(os.path.join(folder, 'layout.csv'), 'w') as f:
            f.write('varname,start_idx,end_idx,size,shape\n')
            at = 0
            for k in names:
                n = w[k][0].numel()
                f.write(f'{k},{at},{at + n},{n},"{tuple(w[k].shape[1:])}"\n')
                at += n
        with open(os.path.join(folder, 'networks.csv'), 'w', newline='') as f:
            table = csv.writer(f)
            table.writerow(['', 'seed', 'optimizer', 'learning_rate', 'loss', 'accuracy', 'file'])
            for i in range(N):
                table.writerow([i, seeds[i], 'adam' if adam[i] else 'sgd', float(rates[i]), float(loss[i]), float(accuracy[i]), f'n{i}'])
        """;

    /// <summary>One file a network, precisions in turn, as the format says, by nothing but NumPy; and the table in another order.</summary>
    const string Tensors = """
        import json, struct
        os.makedirs(os.path.join(folder, 'tensors'))
        def bits(a, kind):
            return {'F64': a.astype('<f8'), 'F32': a.astype('<f4'), 'F16': a.astype('<f2'),
                    'BF16': (a.astype('<f4').view('<u4') >> 16).astype('<u2')}[kind].tobytes()
        for i in range(N):
            kind, header, data = kinds[i % len(kinds)], {'__metadata__': {'made_by': 'a test'}}, b''
            for k in reversed(names):
                part = bits(w[k][i].detach().numpy(), kind)
                header[k] = {'dtype': kind, 'shape': list(w[k].shape[1:]), 'data_offsets': [len(data), len(data) + len(part)]}
                data += part
            text = json.dumps(header).encode()
            with open(os.path.join(folder, 'tensors', f'n{i}.safetensors'), 'wb') as f:
                f.write(struct.pack('<Q', len(text)) + text + data)
        lines = open(os.path.join(folder, 'networks.csv')).read().splitlines()
        with open(os.path.join(folder, 'shuffled.csv'), 'w') as f:
            f.write('\n'.join([lines[0]] + lines[:0:-1]) + '\n')
        """;

    /// <summary>Writes weights.npy, layout.csv and networks.csv into <paramref name="folder"/>.</summary>
    /// <param name="kinds">Types of safetensors, which then are written too, into tensors/, with shuffled.csv; null for none.</param>
    internal static void Write(string folder, string[]? kinds = null)
    {
        Assert.SkipWhen(SystemPython.Missing("torch") is not null, SystemPython.Missing("torch") ?? "");
        Python.Run(
            $"folder = {JsonSerializer.Serialize(folder)}\nkinds = {JsonSerializer.Serialize(kinds ?? [])}\n{Train}\n"
            + $"{(kinds is null ? "" : Tensors)}\nout(ok=1)");
    }
}
