namespace Mlds.Site.Browsing;

/// <summary>An address of something that there isn't; the message is one sentence for who typed it.</summary>
sealed class NotThereException(string sentence) : Exception(sentence);
