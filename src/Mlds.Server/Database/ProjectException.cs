namespace Mlds.Server.Database;

/// <summary>A project's folder, settings, keys or database aren't as they have to be. The message is one clear sentence.</summary>
public sealed class ProjectException(string sentence, Exception? cause = null) : Exception(sentence, cause);
