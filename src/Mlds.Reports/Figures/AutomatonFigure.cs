using Mlds.Analysis.Results;
using Mlds.Reports.Drawing;
using Mlds.Reports.Wording;

namespace Mlds.Reports.Figures;

/// <summary>
/// Automata found in hidden states, states on a circle. With few states the commands are written at the arrows; with more, pointing at an
/// arrow shows them.
/// </summary>
static class AutomatonFigure
{
    const int MostShown = 3;
    const int MostLabelled = 4;
    const double PanelHeight = 300;
    const double Radius = 15;

    public static Figure? Of(QuestionResult question, string id)
    {
        var drawn = question.Automata.Where(automaton => automaton.Edges.Count > 0 && automaton.States >= 2)
            .GroupBy(automaton => automaton.States)
            .Select(group => group.OrderByDescending(automaton => automaton.Equivalent).First())
            .OrderByDescending(automaton => automaton.Equivalent).Take(MostShown).OrderBy(automaton => automaton.States).ToArray();
        var shown = drawn;
        if (shown.Length == 0)
            return null;
        var width = (Figure.FullWidth - 20) / shown.Length;
        return new Figure(
            id,
            "Automata found in hidden states",
            $"The minimal automata found in the hidden states of {Words.Counted(shown.Length, "network")}, "
            + $"of {Words.Count(question.Automata.Count)} networks looked into: "
            + "circles are states with the live outputs read in them, arrows the commands; the double circle is the start. "
            + "Found from the network alone, then compared with the machine. Point at an arrow for its commands.",
            Figure.FullWidth,
            PanelHeight + 56,
            canvas =>
            {
                for (var i = 0; i < shown.Length; i++)
                    Draw(canvas, new Box(10 + (i * width), 50, width, PanelHeight), shown[i]);
            })
        {
            Numbers = Numbers.Of(shown),
        };
    }

    static void Draw(ICanvas canvas, Box box, FoundAutomaton automaton)
    {
        canvas.Text(
            new Point(box.MiddleX, box.Y - 30), Lettering.Fit($"{automaton.Machine}, seed {automaton.Seed}", box.Width - 10, 13),
            new TextStyle(Palette.Ink, 12.5, Anchor.Middle, Bold: true));
        canvas.Text(
            new Point(box.MiddleX, box.Y - 13),
            Lettering.Fit(
                $"{automaton.States} states; "
                + $"{(automaton.Equivalent ? "equal to the machine" : $"the machine has {automaton.MachineStates}")}",
                box.Width - 10, 11),
            new TextStyle(automaton.Equivalent ? Palette.Ink : Palette.Muted, 11, Anchor.Middle));
        var circle = Math.Min(box.Width / 2 - 62, box.Height / 2 - 58);
        Point At(int state)
        {
            var angle = (-Math.PI / 2) + (2 * Math.PI * state / automaton.States);
            return new Point(box.MiddleX + (circle * Math.Cos(angle)), box.MiddleY + (circle * Math.Sin(angle)));
        }

        var labelled = automaton.States <= MostLabelled;
        foreach (var edge in automaton.Edges)
        {
            canvas.Begin($"{automaton.Outputs[edge.From]} → {automaton.Outputs[edge.To]}: {edge.Symbols}");
            if (edge.From == edge.To) Loop(canvas, At(edge.From), new Point(box.MiddleX, box.MiddleY), labelled ? edge.Symbols : null, box);
            else Arrow(canvas, At(edge.From), At(edge.To), labelled ? edge.Symbols : null, box);
            canvas.End();
        }

        for (var state = 0; state < automaton.States; state++)
        {
            var radius = automaton.States > 16 ? Radius - 5 : Radius;
            canvas.Circle(At(state), radius, new Look(Palette.Surface, Palette.Blue, 1.6));
            if (state == 0) canvas.Circle(At(state), radius - 3, new Look(Stroke: Palette.Blue));
            canvas.Text(At(state) with { Y = At(state).Y + 4 }, Lettering.Fit(automaton.Outputs[state], 2 * Radius, 9.5), new TextStyle(
                Palette.Ink, automaton.Outputs[state].Length > 2 ? 7 : automaton.States > 16 ? 9 : 11, Anchor.Middle));
        }
    }

    /// <summary>A bow to the left of the straight line, so that there and back are two arrows.</summary>
    static void Arrow(ICanvas canvas, Point from, Point to, string? label, Box box)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var length = Math.Sqrt((dx * dx) + (dy * dy));
        var bend = Math.Min(26, length * 0.16);
        var control = new Point(((from.X + to.X) / 2) + (dy / length * bend), ((from.Y + to.Y) / 2) - (dx / length * bend));
        Point Bow(double t) => new(
            ((1 - t) * (1 - t) * from.X) + (2 * t * (1 - t) * control.X) + (t * t * to.X),
            ((1 - t) * (1 - t) * from.Y) + (2 * t * (1 - t) * control.Y) + (t * t * to.Y));
        var edge = Math.Min(0.45, Radius / length);
        canvas.Path([.. Enumerable.Range(0, 15).Select(i => Bow(edge + ((1 - (2 * edge)) * i / 14)))], closed: false, new Look(
            Stroke: Palette.Muted, Width: 1.2));
        Head(canvas, Bow(1 - edge), Bow(1 - edge - 0.06));
        if (label is null) return;

        // Nearer to its beginning than to its end, and outside the bow: arrows there and back, and those that cross in the middle, keep
        // their labels apart.
        var at = Bow(0.27);
        var (outX, outY) = (dy / length, -dx / length);
        var half = Lettering.Width(label, 10) / 2;
        Label(canvas, new Point(at.X + (outX * (half + 5)), at.Y + (outY * 10)), label, box);
    }

    static void Loop(ICanvas canvas, Point at, Point middle, string? label, Box box)
    {
        var (dx, dy) = (at.X - middle.X, at.Y - middle.Y);
        var length = Math.Max(1, Math.Sqrt((dx * dx) + (dy * dy)));
        var centre = new Point(at.X + (dx / length * (Radius + 8)), at.Y + (dy / length * (Radius + 8)));
        canvas.Circle(centre, 11, new Look(Stroke: Palette.Muted, Width: 1.2));
        if (label is not null)
        {
            Label(
                canvas,
                new Point(centre.X + (dx / length * (14 + (Lettering.Width(label, 10) / 2))), centre.Y + (dy / length * 20)), label, box);
        }
    }

    static void Head(ICanvas canvas, Point tip, Point behind)
    {
        var (dx, dy) = (tip.X - behind.X, tip.Y - behind.Y);
        var length = Math.Max(1e-6, Math.Sqrt((dx * dx) + (dy * dy)));
        (dx, dy) = (dx / length, dy / length);
        canvas.Path(
            [tip, new(tip.X - (8 * dx) + (3.5 * dy), tip.Y - (8 * dy) - (3.5 * dx)), new(
                tip.X - (8 * dx) - (3.5 * dy), tip.Y - (8 * dy) + (3.5 * dx))],
            closed: true, new Look(Palette.Muted));
    }

    /// <summary>Text at a place, kept inside its panel.</summary>
    static void Label(ICanvas canvas, Point at, string text, Box box)
    {
        text = Lettering.Fit(text, box.Width * 0.6, 10);
        var half = Lettering.Width(text, 10) / 2;
        var x = Math.Clamp(at.X, box.X + half + 2, Math.Max(box.X + half + 2, box.Right - half - 2));
        canvas.Text(new Point(x, Math.Clamp(at.Y + 3, box.Y + 6, box.Bottom)), text, new TextStyle(Palette.Ink, 10, Anchor.Middle));
    }
}
