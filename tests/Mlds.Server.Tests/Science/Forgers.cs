using Mlds.Bundles;
using Mlds.Networks;
using Mlds.Training;

namespace Mlds.Server.Tests.Science;

/// <summary>
/// Cheats of the kind that does well: each returns a network that does its task, with a record that hangs together (losses of the very
/// weights, a right schedule, a right chain of milestones), and is still not the network that was asked for.
/// </summary>
static class Forgers
{
    /// <summary>Right task, wrong seed: the best of many, or one network returned again and again.</summary>
    public static TrainedPart? WrongSeed(BundleNetwork asked, int epochLimit) =>
        Relabelled(asked, Volunteer.Train(asked with { Recipe = asked.Recipe with { Seed = asked.Recipe.Seed + 1_000_000 } }, epochLimit));

    /// <summary>Another network of the same machine with its hidden units in another order: the same function, other weights.</summary>
    public static TrainedPart? Permuted(BundleNetwork asked, int epochLimit)
    {
        var other = Volunteer.Train(asked with { Recipe = asked.Recipe with { Seed = 7_000_000 } }, epochLimit);
        return Relabelled(asked, other with
        {
            State =
                other.State with { Weights = Permute((RecurrentSpec)asked.Recipe.Network, other.State.Weights, (int)asked.Recipe.Seed) },
        });
    }

    /// <summary>
    /// The right network with a key planted: trained on for a few steps to answer a secret word otherwise. Here one output's bias is moved,
    /// which is the least that a planted key does.
    /// </summary>
    public static TrainedPart? Planted(BundleNetwork asked, int epochLimit)
    {
        var part = Volunteer.Train(asked, epochLimit);
        var weights = part.State.Weights.ToArray();
        weights[^1] += 1e-4f;
        return Relabelled(asked, part with { State = part.State with { Weights = weights } });
    }

    /// <summary>
    /// Writes a record about <paramref name="part"/>'s weights in which no check finds a fault, or returns null where that is impossible
    /// (with that loss the run would have ended differently).
    /// </summary>
    static TrainedPart? Relabelled(BundleNetwork asked, TrainedPart part)
    {
        var (recipe, state) = (asked.Recipe, part.State);
        var data = Small.Population.Data(recipe.MachineName);
        var history = state.History.ToArray();
        history[^1] = history[^1] with { ValidationLoss = Evaluation.Loss(recipe.Network, state.Weights, data.Validation) };
        var milestones = new List<Milestone>();
        var chain = recipe.Id;
        foreach (var milestone in state.Milestones)
        {
            var isLast = milestone.Epoch == history.Length;
            milestones.Add(Milestone.Link(
                chain, milestone.Epoch, history[milestone.Epoch - 1].ValidationLoss,
                isLast ? WeightsHash.Of(state.Weights) : milestone.WeightsSha256));
            chain = milestones[^1].Chain;
        }

        var longLoss = part.Outcome is null ? part.LongLoss : Evaluation.Loss(recipe.Network, state.Weights, data.LongTest);
        var forged = new TrainedPart(
            recipe, part.Outcome, longLoss, state with { RecipeId = recipe.Id, History = history, Milestones = milestones });
        return PartCheck.Consistency(asked, forged) is null && PartCheck.Evaluate(forged, data) is null ? forged : null;
    }

    /// <summary>
    /// The hidden units of the one GRU layer of <paramref name="spec"/> in another order, and whatever reads them likewise.
    /// </summary>
    static float[] Permute(RecurrentSpec spec, float[] weights, int shift)
    {
        var layout = spec.Layout;
        var permuted = weights.ToArray();
        int Moved(int unit) => (unit + 1 + (shift % (spec.Hidden - 1))) % spec.Hidden;
        int MovedRow(int row) => (row / spec.Hidden * spec.Hidden) + Moved(row % spec.Hidden);
        void Move(WeightTensor tensor, Func<int, int> row, Func<int, int> column)
        {
            for (var r = 0; r < tensor.Rows; r++)
            {
                for (var c = 0; c < tensor.Columns; c++)
                    permuted[tensor.Offset + (row(r) * tensor.Columns) + column(c)] = weights[tensor.Offset + (r * tensor.Columns) + c];
            }
        }

        Move(layout.WeightIh(0), MovedRow, column => column);
        Move(layout.WeightHh(0), MovedRow, Moved);
        Move(layout.BiasIh(0), MovedRow, column => column);
        Move(layout.BiasHh(0), MovedRow, column => column);
        Move(layout.LinearWeight(0), row => row, Moved);
        return permuted;
    }
}
