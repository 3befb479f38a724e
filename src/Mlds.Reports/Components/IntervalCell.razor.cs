using Microsoft.AspNetCore.Components;
using Mlds.Analysis.Results;

namespace Mlds.Reports.Components;

/// <summary>A cell of a table that holds an interval's ends.</summary>
public sealed partial class IntervalCell
{
    [Parameter, EditorRequired]
    public Estimate Of { get; set; }
}
