using System.Numerics;
using System.Runtime.InteropServices;
using Mlds.Analysis.Data;

namespace Mlds.Analysis.Embedding;

/// <summary>
/// Gradient descent of t-SNE with momentum and a gain per coordinate (Jacobs 1988): dC/dy_i = 4 Σ_j (p_ij − q_ij) w_ij (y_i − y_j), w_ij =
/// 1 / (1 + ‖y_i − y_j‖²), q_ij = w_ij / Z, Z = Σ w.
/// </summary>
/// <remarks>float32, a row at a time, each row's sums in a fixed order: threads make no difference.</remarks>
sealed class TSneDescent
{
    const float Exaggeration = 12;

    readonly Affinities _affinities;
    readonly float[] _x;
    readonly float[] _y;
    readonly float[][] _velocity;
    readonly float[][] _gain;
    readonly float[][] _gradient;
    readonly (float X, float Y, double Z)[] _repulsion;
    readonly int _rows;

    internal TSneDescent(Affinities affinities, (float[] X, float[] Y) start)
    {
        (_affinities, _rows) = (affinities, affinities.Rows);

        // Padded to whole vectors by points so far away that they push nobody.
        var padded = (_rows + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (_x, _y) = (Padded(start.X, padded), Padded(start.Y, padded));
        _velocity = [new float[_rows], new float[_rows]];
        _gain = [[.. Enumerable.Repeat(1f, _rows)], [.. Enumerable.Repeat(1f, _rows)]];
        _gradient = [new float[_rows], new float[_rows]];
        _repulsion = new (float, float, double)[_rows];
    }

    static float[] Padded(float[] values, int length)
    {
        var padded = new float[length];
        Array.Fill(padded, 1e15f);
        values.CopyTo(padded, 0);
        return padded;
    }

    internal double[][] Coordinates() => [.. Enumerable.Range(0, _rows).Select(i => new double[] { _x[i], _y[i] })];

    internal void Run(int iterations, CancellationToken cancellation)
    {
        var rate = Math.Max(_rows / Exaggeration / 4, 50);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            var early = iteration < iterations / 4;
            if (iteration == iterations / 4) Restart();
            Gradient(early ? Exaggeration : 1);
            Step(_x, 0, rate, early ? 0.5f : 0.8f);
            Step(_y, 1, rate, early ? 0.5f : 0.8f);
        }
    }

    /// <summary>Gains that the exaggerated forces wore down would slow the true ones.</summary>
    void Restart()
    {
        for (var axis = 0; axis < 2; axis++)
        {
            Array.Clear(_velocity[axis]);
            Array.Fill(_gain[axis], 1);
        }
    }

    /// <summary>Σ p log(p / q).</summary>
    internal double Divergence()
    {
        var z = Repel();
        double sum = 0;
        for (var i = 0; i < _rows; i++)
        {
            for (var k = _affinities.Starts[i]; k < _affinities.Starts[i + 1]; k++)
            {
                var j = _affinities.Columns[k];
                double p = _affinities.Values[k], dx = _x[i] - _x[j], dy = _y[i] - _y[j];
                if (p > 0) sum += p * Math.Log(p * z * (1 + (dx * dx) + (dy * dy)));
            }
        }

        return sum;
    }

    void Gradient(float exaggeration)
    {
        var z = Repel();
        Parallel.For(0, _rows, Parallelism.Options, i =>
        {
            float ax = 0, ay = 0;
            for (var k = _affinities.Starts[i]; k < _affinities.Starts[i + 1]; k++)
            {
                var j = _affinities.Columns[k];
                float dx = _x[i] - _x[j], dy = _y[i] - _y[j];
                var pull = _affinities.Values[k] / (1 + (dx * dx) + (dy * dy));
                ax += pull * dx;
                ay += pull * dy;
            }

            _gradient[0][i] = 4 * ((exaggeration * ax) - (float)(_repulsion[i].X / z));
            _gradient[1][i] = 4 * ((exaggeration * ay) - (float)(_repulsion[i].Y / z));
        });
    }

    /// <summary>Σ_j w² (y_i − y_j) of every row; returns Z.</summary>
    double Repel()
    {
        Parallel.For(0, (_rows + 63) / 64, Parallelism.Options, block =>
        {
            for (var i = block * 64; i < Math.Min(_rows, (block + 1) * 64); i++) _repulsion[i] = Repel(_x[i], _y[i]);
        });
        double z = 0;
        foreach (var row in _repulsion) z += row.Z;
        return z;
    }

    (float X, float Y, double Z) Repel(float x, float y)
    {
        Vector<float> vx = new(x), vy = new(y), fx = default, fy = default, z = default;
        ref var px = ref MemoryMarshal.GetArrayDataReference(_x);
        ref var py = ref MemoryMarshal.GetArrayDataReference(_y);
        for (var j = 0; j < _x.Length; j += Vector<float>.Count)
        {
            var dx = vx - Vector.LoadUnsafe(ref px, (nuint)j);
            var dy = vy - Vector.LoadUnsafe(ref py, (nuint)j);
            var w = Vector<float>.One / Vector.FusedMultiplyAdd(dx, dx, Vector.FusedMultiplyAdd(dy, dy, Vector<float>.One));
            z += w;
            var push = w * w;
            fx = Vector.FusedMultiplyAdd(push, dx, fx);
            fy = Vector.FusedMultiplyAdd(push, dy, fy);
        }

        // Itself is at distance 0: weight 1, and no push.
        return (Vector.Sum(fx), Vector.Sum(fy), Vector.Sum(z) - 1.0);
    }

    void Step(float[] values, int axis, float rate, float momentum)
    {
        float[] velocity = _velocity[axis], gain = _gain[axis], gradient = _gradient[axis];
        for (var i = 0; i < _rows; i++)
        {
            gain[i] = velocity[i] * gradient[i] < 0 ? gain[i] + 0.2f : Math.Max(0.01f, gain[i] * 0.8f);
            velocity[i] = (momentum * velocity[i]) - (rate * gain[i] * gradient[i]);
            values[i] += velocity[i];
        }
    }
}
