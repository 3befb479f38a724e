using Mlds.Networks;
using Mlds.Site.Browsing;
using Mlds.Tasks.Images;
using Mlds.Tasks.Machines;

namespace Mlds.Site.Trying;

/// <summary>Which networks can be tried.</summary>
static class TriedNetworks
{
    /// <summary>Why a network can't be tried, in a sentence; null where it can.</summary>
    internal static string? WhyNot(NetworkRecord record) => record switch
    {
        { Weights: null } => "Its weights aren't here, only its recipe, so nothing can be computed with it.",
        { Recipe: { Task: ImageTask, Network: FeedForwardSpec } } or { Recipe: { Task: MachineTask, Network: RecurrentSpec } } => null,
        { Recipe.Network: RecurrentSpec } =>
            "It learned sequences of somebody's own: no machine has commands for it, or answers to compare.",
        _ => "Only recurrent networks of machines and networks of images can be tried.",
    };
}
