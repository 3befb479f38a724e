using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>A term and what it stands for, in a <c>dl</c>.</summary>
public sealed partial class Term
{
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = null!;
}
