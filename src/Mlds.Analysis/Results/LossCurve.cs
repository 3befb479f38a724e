namespace Mlds.Analysis.Results;

/// <summary>
/// Validation loss of one machine's networks by epoch: median and the 10 to 90 % band. A network that has stopped keeps its last loss, so
/// that the curve is over the same networks at every epoch.
/// </summary>
/// <param name="Networks">Networks the curve is over (all outcomes but Diverged).</param>
public sealed record LossCurve(string Machine, string Family, string Variant, int Networks, IReadOnlyList<LossPoint> Points);

/// <param name="Epoch">From 1.</param>
/// <param name="Running">Networks still in training at this epoch.</param>
public sealed record LossPoint(int Epoch, int Running, double Median, double P10, double P90);
