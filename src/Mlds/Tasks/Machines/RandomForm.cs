namespace Mlds.Tasks.Machines;

/// <summary>
/// An automaton drawn at random where a population file says so (docs/formats/machine.md, random):
/// <c>{"form": "random", "states": 6, "symbols": 4, "outputs": 2, "seed": 3}</c>. It is the first automaton of that set, as
/// <c>mlds machines --random 1</c> draws it with the same arguments.
/// </summary>
static class RandomForm
{
    internal const string Form = "random";

    /// <summary>The probability that a symbol leaves a state as it is, unless the definition says another.</summary>
    const double UsualStay = 0.5;

    internal static AutomatonDefinition Read(StrictJson json)
    {
        json.WithKeys("form", "states", "symbols", "outputs", "stay", "seed");
        var states = json.Required("states").Integer(2, RandomAutomata.MostStates);
        var set = new RandomAutomata(
            json.Required("seed").Seed(),
            states,
            states,
            json.Required("symbols").Integer(1, UnnamedAutomaton.MostSymbols),
            json.Required("outputs").Integer(1, 32),
            json.Optional("stay")?.Number(stay => stay is >= 0 and <= 1, "a probability, 0 to 1") ?? UsualStay);
        try
        {
            return set.Draw(1).Single();
        }
        catch (ArgumentException problem)
        {
            throw json.Error(problem.Message.TrimEnd('.'), problem);
        }
    }
}
