using Microsoft.AspNetCore.Components;
using Mlds.Analysis.Results;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Components;

/// <summary>The ends of an interval: "0.975 to 0.998".</summary>
public sealed partial class Interval
{
    [Parameter, EditorRequired]
    public Estimate Of { get; set; }

    /// <summary>How its ends are said; by default as scores.</summary>
    [Parameter]
    public Func<double, string> As { get; set; } = Words.Number;
}
