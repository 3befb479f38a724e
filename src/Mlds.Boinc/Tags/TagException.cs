namespace Mlds.Boinc.Tags;

/// <summary>A request that doesn't follow the protocol, or exceeds its limits. The message is one sentence.</summary>
public sealed class TagException(string sentence) : Exception(sentence);
