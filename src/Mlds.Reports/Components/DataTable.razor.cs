using Microsoft.AspNetCore.Components;

namespace Mlds.Reports.Components;

/// <summary>
/// A table with one row of column headings. Where it is wider than the page it scrolls in a frame of its own, which a keyboard reaches
/// (without script always, with it only where it scrolls).
/// </summary>
public sealed partial class DataTable
{
    const int MostInColumn = 9;

    /// <summary>The table's CSS class.</summary>
    [Parameter, EditorRequired]
    public string Class { get; set; } = "";

    /// <summary>What the table holds, for those who hear it.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Headings after <see cref="Columns"/> that aren't plain text: <c>th</c> elements.</summary>
    [Parameter]
    public RenderFragment? MoreColumns { get; set; }

    /// <summary>Whether it may be wider than the text around it; by default with more than nine columns.</summary>
    [Parameter]
    public bool? Wide { get; set; }

    /// <summary>The rows: <c>tr</c> elements.</summary>
    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = null!;

    bool IsWide => Wide ?? Columns.Count > MostInColumn;
}
