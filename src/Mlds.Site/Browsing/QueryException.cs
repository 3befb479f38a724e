namespace Mlds.Site.Browsing;

/// <summary>An address asks for something that there isn't; the message is one sentence for who typed it.</summary>
sealed class QueryException(string sentence) : Exception(sentence);
