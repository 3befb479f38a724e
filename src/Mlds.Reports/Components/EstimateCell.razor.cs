using Microsoft.AspNetCore.Components;
using Mlds.Analysis.Results;

namespace Mlds.Reports.Components;

/// <summary>A cell of a table that holds a score and its interval, "0.988 (0.975 to 0.998)", or a dash where there is none.</summary>
public sealed partial class EstimateCell
{
    [Parameter, EditorRequired]
    public Estimate? Value { get; set; }
}
