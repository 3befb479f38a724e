namespace Mlds.Server.Database;

/// <summary>Something is wrong with a project's folder, settings, keys or database. The message is one clear sentence.</summary>
public sealed class ProjectException(string sentence, Exception? cause = null) : Exception(sentence, cause);
