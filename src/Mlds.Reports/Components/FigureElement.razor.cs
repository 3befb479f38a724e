using Microsoft.AspNetCore.Components;
using Mlds.Reports.Figures;

namespace Mlds.Reports.Components;

/// <summary>
/// A figure in a page: the drawing, which takes the page's light or dark colours and scrolls in a frame of its own where the screen is
/// narrow; its caption; and links to its files. With <see cref="Embedded.Script"/> marks say what they are when pointed at or stepped to.
/// </summary>
public sealed partial class FigureElement
{
    /// <summary>What is drawn. Its <see cref="Figure.Id"/> becomes the element's, so a page has it once.</summary>
    [Parameter, EditorRequired]
    public Figure Figure { get; set; } = null!;

    /// <summary>
    /// Where its file of a format (<c>svg</c>, <c>png</c>, or <c>csv</c> where the figure has numbers) is; without it none is offered.
    /// </summary>
    [Parameter]
    public Func<string, string>? Addresses { get; set; }

    /// <summary>Whether the wheel and the keys + and − zoom into it.</summary>
    [Parameter]
    public bool Zooms { get; set; }

    MarkupString Drawing => (MarkupString)Figure.ToSvg(inline: true);

    IEnumerable<string> Formats => Figure.Numbers is null ? ["svg", "png"] : ["svg", "png", "csv"];

    string Keys => "Enter, then arrow keys, go from mark to mark; Escape ends." + (Zooms ? " The keys + and − zoom." : "");
}
