namespace Mlds.Boinc.Tags;

/// <summary>A request that isn't the protocol's, or is beyond its limits. The message is one sentence.</summary>
public sealed class TagException(string sentence) : Exception(sentence);
