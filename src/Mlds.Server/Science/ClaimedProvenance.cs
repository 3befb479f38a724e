using Mlds.Boinc.Tags;
using Mlds.Bundles;
using Mlds.Training;

namespace Mlds.Server.Science;

/// <summary>What a volunteer's machine says of itself, made safe for the zoo, since it ends up in releases, tables and terminals.</summary>
static class ClaimedProvenance
{
    /// <param name="host">What the zoo calls the machine; the returned file doesn't contain its own name.</param>
    public static Provenance Of(BundleResult result, string host) => result.By with
    {
        ProgramVersion = PlainText.Line(result.By.ProgramVersion),
        Processor = PlainText.Line(result.By.Processor),
        KernelSet = PlainText.Line(result.By.KernelSet),
        Host = host,
    };
}
