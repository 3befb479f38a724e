using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Mlds.Cli.Frame;

/// <summary>What is wrong with a command line, in one sentence that also says what would be right.</summary>
static class ParseFault
{
    /// <summary>The first fault, or null when there is none.</summary>
    public static string? Sentence(ParseResult parsed, string[] args)
    {
        var command = parsed.CommandResult.Command;
        if (Stray(parsed, args) is { } stray) return UnknownWord(parsed, stray);
        if (parsed.Errors.Count == 0) return null;
        return parsed.Errors[0] switch
        {
            { SymbolResult: OptionResult { Tokens.Count: > 0 } option } error => ValueFault(
                option.Option.Name, option.Option.ValueType, option.Tokens, error),
            { SymbolResult: ArgumentResult { Tokens.Count: > 0 } argument } error => ArgumentFault(argument, error),
            { SymbolResult: ArgumentResult argument } => Missing(command, argument.Argument),
            { SymbolResult: CommandResult } when MissingArgument(parsed) is { } missing => Missing(command, missing),
            { SymbolResult: OptionResult { Implicit: true, Option: var missing } } =>
                $"'{command.Name}' needs {missing.Name} {missing.HelpName ?? "VALUE"}: {Lower(missing.Description)}{Example(command)}.",
            { SymbolResult: OptionResult { Option: var bare } } => $"{bare.Name} needs a value: {Lower(bare.Description)}.",
            { SymbolResult: CommandResult } when MissingVerb(parsed) =>
                $"'{Path(parsed)}' needs one of: {string.Join(", ", Verbs(command))}.",
            var error => $"{error.Message.TrimEnd('.')}; {HelpHint(parsed)}.",
        };
    }

    /// <summary>A word that fits nowhere: an unmatched one, or an unknown option that the parser took for an argument.</summary>
    static string? Stray(ParseResult parsed, string[] args)
    {
        var literal = Array.IndexOf(args, "--") is var i and >= 0 ? args[(i + 1)..] : [];
        var optionLike = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => LooksLikeOption(value) && !literal.Contains(value));
        return optionLike ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
    }

    static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-' && !double.TryParse(word, CultureInfo.InvariantCulture, out _);

    static string UnknownWord(ParseResult parsed, string word)
    {
        var command = parsed.CommandResult.Command;
        if (LooksLikeOption(word))
        {
            var name = word.Split('=')[0];
            return $"'{Path(parsed)}' has no option '{name}'{DidYouMean(name, Options(parsed))}; {HelpHint(parsed)}.";
        }

        return command.Subcommands.Count > 0
            ? $"There is no verb '{word}'{DidYouMean(word, Verbs(command))}; {HelpHint(parsed)}."
            : $"'{Path(parsed)}' has no use for '{word}'; {HelpHint(parsed)}.";
    }

    static string ArgumentFault(ArgumentResult argument, ParseError error) =>
        argument.Parent is OptionResult option
            ? ValueFault(option.Option.Name, option.Option.ValueType, argument.Tokens, error)
            : ValueFault(argument.Argument.Name, argument.Argument.ValueType, argument.Tokens, error);

    static string ValueFault(string name, Type type, IReadOnlyList<Token> tokens, ParseError error)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var given = string.Join(' ', tokens.Select(token => token.Value));
        var allowed = Type.GetTypeCode(type) switch
        {
            TypeCode.UInt32 => $"a whole number 0 … {uint.MaxValue}",
            TypeCode.Int32 => "a whole number",
            TypeCode.Double or TypeCode.Single => "a number",
            TypeCode.Boolean => "true or false",
            _ => null,
        };
        // The library's own words for a value that can't be read name a .NET type; a custom parser's words are already ours.
        return allowed is not null && error.Message.Contains(type.FullName!, StringComparison.Ordinal)
            ? $"{name} takes {allowed}, not '{given}'."
            : error.Message;
    }

    static string Missing(Command command, Argument argument) =>
        $"'{command.Name}' needs {(argument.HelpName ?? argument.Name).ToUpperInvariant()}: "
        + $"{Lower(argument.Description)}{Example(command)}.";

    static string Lower(string? description) =>
        description is [var first, ..] ? char.ToLowerInvariant(first) + description[1..].TrimEnd('.') : "an argument";

    static string Example(Command command) => command is Verb { Examples: [var example, ..] } ? $", as in `{example}`" : "";

    static Argument? MissingArgument(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments.FirstOrDefault(argument =>
            argument.Arity.MinimumNumberOfValues > (parsed.GetResult(argument)?.Tokens.Count ?? 0));

    static bool MissingVerb(ParseResult parsed) => parsed.CommandResult.Command is { Action: null, Subcommands.Count: > 0 };

    static string DidYouMean(string word, IEnumerable<string> names) =>
        NearestName.Of(word, names) is [var nearest, ..] ? $" (did you mean '{nearest}'?)" : "";

    static string HelpHint(ParseResult parsed) => $"`{Path(parsed)} --help` lists what there is";

    static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
            names.Insert(0, command.Command is RootCommand ? "mlds" : command.Command.Name);
        return string.Join(' ', names);
    }

    static IEnumerable<string> Verbs(Command command) => command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name);

    static IEnumerable<string> Options(ParseResult parsed)
    {
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
        {
            foreach (var option in command.Command.Options)
                if (result == parsed.CommandResult || option.Recursive) yield return option.Name;
        }
    }
}
