using Mlds.Cli.Zoos;

namespace Mlds.Cli.Tests.Zoos;

public sealed class LossPlotTests
{
    [Fact]
    public void A_falling_loss_goes_from_the_upper_left_to_the_lower_right()
    {
        var lines = LossPlot.Draw([.. Enumerable.Range(0, 50).Select(i => MathF.Pow(10, -i / 10f))], 60, 8);
        Assert.Equal(9, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 60));
        var starts = lines.Take(8)
            .Select(line => line.IndexOf(line.FirstOrDefault(c => c is >= (char)0x2801 and <= (char)0x28FF))).ToList();
        Assert.Equal(starts.Order(), starts);
        Assert.True(starts[^1] > starts[0]);
        Assert.StartsWith("1.0e0", lines[0].TrimStart());
        Assert.EndsWith("50", lines[^1]);
    }

    [Theory]
    [InlineData(new float[0])]
    [InlineData(new[] { float.NaN, float.PositiveInfinity, 0f })]
    public void Nothing_to_draw_is_said(float[] losses) => Assert.Equal(["(no finite loss to draw)"], LossPlot.Draw(losses, 60, 8));

    [Fact]
    public void One_epoch_or_a_constant_loss_or_a_gap_is_drawn_all_the_same()
    {
        foreach (var losses in new float[][] { [0.1f], [0.1f, 0.1f], [0.1f, float.NaN, 0.01f], [.. Enumerable.Repeat(1f, 10_000)] })
            Assert.Contains(LossPlot.Draw(losses, 40, 4), line => line.Any(c => c is >= (char)0x2801 and <= (char)0x28FF));
    }
}
