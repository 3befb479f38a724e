using Mlds.Networks;

namespace Mlds.Analysis.Symmetry;

/// <summary>What is left of a group's axes in merged form.</summary>
static class UnitGroups
{
    extension(NetworkSymmetries symmetries)
    {
        /// <summary>Whether what is on an axis has been added to something else, so that nothing is left there.</summary>
        internal bool MergesAway(UnitGroup group, UnitAxis axis) => axis.Axis == 0 && symmetries.Sums.Any(sum =>
        {
            var row = axis.Tensor.Length / axis.Tensor.Shape[0];
            return sum.Second == axis.Tensor && axis.Start * row >= sum.Start
                && (axis.Start + (group.Units * axis.Width)) * row <= sum.Start + sum.Length;
        });
    }
}
