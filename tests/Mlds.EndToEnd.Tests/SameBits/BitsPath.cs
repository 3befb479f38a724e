namespace Mlds.EndToEnd.Tests.SameBits;

/// <summary>One way to the weights of every recipe.</summary>
/// <param name="Name">What it is, in the table.</param>
/// <param name="How">What was forced: variables, threads; may be empty.</param>
/// <param name="Kernels">Which kernels ran, in the table.</param>
/// <param name="Build">The worker that trains; ways of one build take turns. Null for ways of this process or of several builds.</param>
/// <param name="WhyNot">Why it can't be run here, or null.</param>
/// <param name="Train">The networks, in the order of <see cref="BitsRecipe.All"/>.</param>
sealed record BitsPath(
    string Name, string How, string Kernels, WorkerBuild? Build, Func<string?> WhyNot, Func<IReadOnlyList<Trained>> Train);
