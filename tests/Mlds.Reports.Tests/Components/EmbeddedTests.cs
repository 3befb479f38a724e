using Mlds.Reports.Components;

namespace Mlds.Reports.Tests.Components;

public sealed class EmbeddedTests
{
    /// <summary>The example of the standard: W3C, Content Security Policy Level 3, section 8.4.</summary>
    [Fact]
    public void A_hash_is_the_standards() => Assert.Equal(
        "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='", Embedded.HashOf("alert('Hello, world.');"));

    [Fact]
    public void Neither_text_can_end_its_element_or_has_line_ends_that_a_browser_would_change()
    {
        foreach (var text in new[] { Embedded.Style, Embedded.Script })
        {
            Assert.DoesNotContain("</", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
        }
    }
}
