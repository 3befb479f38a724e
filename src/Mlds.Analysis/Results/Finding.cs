namespace Mlds.Analysis.Results;

/// <summary>One of the paper's claims (arXiv 2104.10555) and what this population says about it.</summary>
/// <param name="Claim">The claim in one sentence.</param>
/// <param name="Answer">What was found, in plain words with its numbers; or why nothing could be.</param>
/// <param name="Evidence">The scores the answer rests on.</param>
public sealed record Finding(string Claim, string Answer, IReadOnlyList<Score> Evidence);

/// <summary>The three numbers that the command line ends with; null where the question was skipped.</summary>
/// <param name="WhichMachine">Accuracy of naming the original machine from the invariants by ridge.</param>
/// <param name="KeyFromWeights">Mean AUC over machines of telling modified from original from the invariants by forest; with the machine
/// unseen if there are enough machines.</param>
/// <param name="KeyFromLoss">The AUC of the final validation loss on the same networks.</param>
public sealed record Headlines(Score? WhichMachine, Score? KeyFromWeights, Score? KeyFromLoss);
