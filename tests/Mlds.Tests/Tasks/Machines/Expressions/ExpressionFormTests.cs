using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Mlds.Recipes;
using Mlds.Tasks.Machines;

namespace Mlds.Tests.Tasks.Machines.Expressions;

public sealed class ExpressionFormTests
{
    static readonly string[] s_abc = ["a", "b", "c"];

    /// <summary>Expressions over a, b and c that .NET's regular expressions read alike.</summary>
    static Gen<string> Expressions(int depth)
    {
        var part = Any("a", "b", "c", ".", "[ab]", "[^a]", "[c]");
        if (depth == 0) return part;
        var inner = Expressions(depth - 1);
        var times = Any("*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}");
        return Gen.OneOf(
            part,
            Gen.Select(inner, times, (text, sign) => $"({text}){sign}"),
            Gen.Select(part, times, (text, sign) => text + sign),
            inner.Array[2, 3].Select(parts => $"({string.Join('|', parts)})"),
            inner.Array[2, 3].Select(string.Concat));
    }

    static Gen<string> Any(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(number => texts[number]);

    [Fact]
    public void A_line_is_1_exactly_while_the_word_so_far_matches_as_regular_expressions_of_dot_net_say() =>
        Expressions(3).Sample(text =>
        {
            var regex = new Regex($"^(?:{text})\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            var words = Words(6).ToArray();
            if (words.Select(word => regex.IsMatch(word)).Distinct().Count() == 1) return;
            var machine = Read(s_abc, text).Build();
            foreach (var word in words) Assert.Equal(regex.IsMatch(word), Answer(machine, word) == 1);
        });

    [Fact]
    public void Line_k_is_expression_k()
    {
        var machine = Machine("""{"form": "expression", "symbols": ["a", "b", "c"], "expressions": [".*a", "b+", "(..)*"]}""").Build();
        Assert.Equal(3, machine.Outputs);
        foreach (var word in Words(5))
        {
            var lines = (word.EndsWith('a') ? 1u : 0) | (word.All(letter => letter == 'b') ? 2u : 0) | (word.Length % 2 == 0 ? 4u : 0);
            Assert.Equal(lines, Answer(machine, word));
        }
    }

    [Fact]
    public void The_automaton_is_minimal_and_canonical_so_that_any_way_to_say_a_language_gives_the_same_table()
    {
        Assert.Equal(Read(s_abc, "(a|b|c)*b"), Read(s_abc, " [abc]* b "));
        Assert.Equal(Read(s_abc, "(a*b*)*c"), Read(s_abc, "[^c]{0,}c"));
        Assert.Equal(Read(s_abc, "a{2,4}"), Read(s_abc, "aaa?a?"));
        Assert.Equal(Read(s_abc, "(a|bc){3,}"), Read(s_abc, "(a|bc)(a|bc)(a|bc)+"));
        Expressions(3).Sample(
            text =>
            {
                try
                {
                    var automaton = (Automaton)Read(s_abc, text).Build();
                    Assert.Equal("", automaton.Superfluous().Sentence());
                    Assert.Equal(automaton.Definition, MinimalAutomaton.Of(automaton).ToDefinition());
                }
                catch (FormatException problem)
                {
                    Assert.Contains("there is nothing to learn", problem.Message);
                }
            },
            iter: 50);
    }

    [Fact]
    public void The_expression_of_the_issue_is_the_automaton_of_two_states_that_counts_bs()
    {
        var even = Read(["a", "b"], "(a|ba*b)*");
        Assert.Equal(new AutomatonDefinition(2, 1, 0, [[0, 1], [1, 0]], [1, 0], ["a", "b"]), even);
    }

    [Fact]
    public void Symbols_of_several_letters_and_signs_stand_in_angle_brackets()
    {
        var machine = Read(["set 3", "*", "<", " ", "é", "😀"], "(<set 3><*>)+ [<<>< >é😀]").Build();
        Assert.Equal("set 3", machine.Describe(0));
        Assert.Equal([0u, 0, 0, 0, 1, 0], MachineGen.Answers(machine, [0, 1, 0, 1, 5, 5]));
        Assert.Equal([0u, 0, 1], MachineGen.Answers(machine, [0, 1, 3]));
        Assert.Equal([0u, 0, 0], MachineGen.Answers(machine, [0, 1, 1]));
    }

    [Theory]
    [InlineData("", "it ends where a symbol, '<', '.', '[' or '(' is expected.")]
    [InlineData("a|", "it ends where a symbol, '<', '.', '[' or '(' is expected.")]
    [InlineData("(a|b", "at character 1 this '(' has no ')'.")]
    [InlineData("a)b", "at character 2 ')' has no '(' before it.")]
    [InlineData("()", "at character 2 ')' stands where a symbol, '<', '.', '[' or '(' is expected.")]
    [InlineData("a||b", "at character 3 '|' stands where a symbol, '<', '.', '[' or '(' is expected.")]
    [InlineData("*a", "at character 1 '*' has nothing to repeat; before it goes a symbol, '<', '.', '[' or '('.")]
    [InlineData("a*?", "at character 3 '?' repeats what is repeated already; put '(' and ')' around that if you mean it.")]
    [InlineData("a b d", "at character 5 'd' is no symbol; symbols are a, b, c.")]
    [InlineData("😀", "at character 1 '😀' is no symbol; symbols are a, b, c.")]
    [InlineData("a<set 3>", "at character 2 <set 3> is no symbol; symbols are a, b, c.")]
    [InlineData("a<b", "at character 2 this '<' has no '>'.")]
    [InlineData("a>", "at character 2 '>' stands where a symbol, '<', '.', '[' or '(' is expected.")]
    [InlineData("[a-c]", "at character 3 '-' is no symbol, and there are no ranges: write every symbol; symbols are a, b, c.")]
    [InlineData("[a|b]", "at character 3 '|' stands for no symbol here; symbols are a, b, c.")]
    [InlineData("a[bc", "at character 2 this '[' has no ']'.")]
    [InlineData("a[]", "at character 2 this class has no symbol, so that nothing matches it.")]
    [InlineData("[^abc]", "at character 1 this class has no symbol, so that nothing matches it.")]
    [InlineData("a{", "it ends where a number from 0 to 1000 is expected.")]
    [InlineData("a{x}", "at character 3 'x' stands where a number from 0 to 1000 is expected.")]
    [InlineData("a{2", "it ends where ',' or '}' is expected.")]
    [InlineData("a{2,3;", "at character 6 ';' stands where '}' is expected.")]
    [InlineData("a{1001}", "at character 3 a number from 0 to 1000 is expected.")]
    [InlineData("a{0}", "at character 2 '{' repeats no times, which leaves nothing; take it out.")]
    [InlineData("a{3,2}", "at character 2 '{' has the larger number, 3, first; say {2,3}.")]
    [InlineData(".*", "matches every word, so there is nothing to learn; correct it.")]
    [InlineData("(a|b|c)+", "matches every word, so there is nothing to learn; correct it.")]
    public void What_is_no_expression_is_told_with_its_character_and_what_was_expected(string text, string problem) =>
        Assert.Equal($"a text: $.expression: {problem}", Assert.Throws<FormatException>(() => Read(s_abc, text)).Message);

    [Theory]
    [InlineData("""{"form": "expression", "symbols": ["a"]}""", "a text: $: the key 'expression' is missing.")]
    [InlineData(
        """{"form": "expression", "symbols": ["a"], "expression": "a", "expressions": ["a"]}""",
        "a text: $: say either 'expression' or 'expressions', not both.")]
    [InlineData(
        """{"form": "expression", "symbols": ["a", "b", "a"], "expression": "a"}""",
        "a text: $.symbols: 'a' is there twice; symbols need different names.")]
    [InlineData(
        """{"form": "expression", "symbols": ["a>"], "expression": "a"}""",
        "a text: $.symbols[0]: a symbol's name has 1 to 64 characters, none of them '>'.")]
    [InlineData(
        """{"form": "expression", "symbols": ["a", "b"], "expressions": ["a", "(a|b)*"]}""",
        "a text: $.expressions[1]: matches every word, so there is nothing to learn; correct it or take it out.")]
    public void A_wrong_definition_is_told_where(string json, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => Machine(json)).Message);

    [Fact]
    public void As_many_states_are_built_as_a_table_holds_and_no_more()
    {
        Assert.Equal(Automaton.MostStates, Read(["a", "b"], "(a|b)*a(a|b){15}").Next.Count);
        Assert.StartsWith(
            "a text: $.expression: its automaton has more than 65,536 states, the most that a table holds",
            Assert.Throws<FormatException>(() => Read(["a", "b"], "(a|b)*a(a|b){16}")).Message);
    }

    /// <summary>None of these would end, or fit into memory, if it were built before it is measured.</summary>
    [Theory]
    [InlineData("(a|b)*a(a|b){20}", "more than 65,536 states")]
    [InlineData("(a|b)*a(a|b){1000}", "more than 65,536 states")]
    [InlineData("((((a{1000}){1000}){1000}){1000}){1000}", "more than 131,072 parts")]
    [InlineData("((a?){1000}){60}b", "more than 67,108,864 steps")]
    public void What_would_grow_beyond_all_measure_is_refused_while_it_is_built(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => Read(["a", "b"], text)).Message);

    [Fact]
    public void Texts_too_long_or_too_deep_are_refused()
    {
        Assert.Contains(
            "at most 10,000 characters, not 10,001",
            Assert.Throws<FormatException>(() => Read(["a", "b"], new string('a', 10_001))).Message);
        Assert.Contains(
            "at character 101 parentheses are nested more than 100 deep",
            Assert.Throws<FormatException>(() => Read(["a", "b"], new string('(', 5000))).Message);
        Assert.Equal(102, Read(["a", "b"], $"{new string('(', 100)}a{new string(')', 100)}{new string('a', 99)}").Next.Count);
    }

    [Fact]
    public void A_recipe_does_not_know_the_form() =>
        Assert.Contains(
            "there is no 'expression'. Allowed: register, keyed, automaton",
            Assert.Throws<FormatException>(
                () => MachineDefinition.Read(StrictJson.Parse("""{"form": "expression"}""", "a recipe"))).Message);

    static AutomatonDefinition Read(string[] symbols, string expression) => (AutomatonDefinition)Machine(
        new JsonObject
        {
            ["form"] = "expression",
            ["symbols"] = new JsonArray([.. symbols.Select(symbol => (JsonNode)symbol)]),
            ["expression"] = expression,
        }.ToJsonString());

    static MachineDefinition Machine(string json) => MachineForms.Read(StrictJson.Parse(json, "a text"));

    /// <summary>All words of 1 … <paramref name="longest"/> letters a, b and c.</summary>
    static IEnumerable<string> Words(int longest) =>
        longest == 0 ? [] : s_abc.Concat(Words(longest - 1).SelectMany(word => s_abc.Select(letter => word + letter)));

    static uint Answer(IMachine machine, string word) => MachineGen.Answers(machine, word.Select(letter => letter - 'a'))[^1];
}
