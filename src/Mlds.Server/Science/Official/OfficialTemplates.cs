using Mlds.Bundles;

namespace Mlds.Server.Science.Official;

/// <summary>
/// The templates that an official server makes units and results from. They serve every population and never change, since results are made
/// later from the template as it then is; what differs between units is on create_work's command line.
/// </summary>
public static class OfficialTemplates
{
    /// <summary>The app's name on an official server.</summary>
    public const string App = "mlds";

    /// <summary>
    /// Relative to the project's folder. Not <c>mlds_in</c>, which earlier versions wrote and units of theirs still name.
    /// </summary>
    public const string Input = "templates/mlds_unit_in";

    /// <inheritdoc cref="Input"/>
    public const string Output = "templates/mlds_unit_out";

    /// <summary>The most bytes of a result, whatever its unit: a checkpoint in it has to fit into the bundle of a later unit.</summary>
    public const long MostResultBytes = Bundle.MostBytes;

    internal static string InputText { get; } = $"""
        <input_template>
          <file_info>
            <number>0</number>
          </file_info>
          <workunit>
            <file_ref>
              <file_number>0</file_number>
              <open_name>{UnitNeeds.Input}</open_name>
            </file_ref>
            <delay_bound>259200</delay_bound>
            <max_error_results>5</max_error_results>
          </workunit>
        </input_template>

        """;

    internal static string OutputText { get; } = $"""
        <output_template>
          <file_info>
            <name><OUTFILE_0/></name>
            <generated_locally/>
            <upload_when_present/>
            <max_nbytes>{MostResultBytes}</max_nbytes>
            <url><UPLOAD_URL/></url>
          </file_info>
          <result>
            <file_ref>
              <file_name><OUTFILE_0/></file_name>
              <open_name>{UnitNeeds.Output}</open_name>
            </file_ref>
          </result>
        </output_template>

        """;

    /// <summary>
    /// What a processor must have for a class of the worker's builds. Macs list <c>fma</c> but never <c>avx2</c>, though those with
    /// <c>fma</c> have it.
    /// </summary>
    internal static string PlanClassText { get; } = $"""
        <plan_classes>
        {PlanClass("fma", 8, "fma", "avx2")}
        {PlanClass("fma_mac", 8, "fma")}
        {PlanClass("fma_native", 8.1, "fma", "avx2")}
        {PlanClass("avx512", 16, "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl")}
        </plan_classes>

        """;

    /// <summary>The names of the plan classes.</summary>
    internal static IReadOnlyList<string> PlanClasses { get; } = ["fma", "fma_mac", "fma_native", "avx512"];

    /// <param name="speed">How many times as fast as the client's benchmark its program is assumed to be until there are results.</param>
    static string PlanClass(string name, double speed, params ReadOnlySpan<string> features) => FormattableString.Invariant(
        $"""
          <plan_class>
            <name>{name}</name>
            {string.Concat(features.ToArray().Select(feature => $"<cpu_feature>{feature}</cpu_feature>"))}
            <projected_flops_scale>{speed}</projected_flops_scale>
          </plan_class>
        """);
}
