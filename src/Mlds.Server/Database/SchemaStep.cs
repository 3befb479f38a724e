namespace Mlds.Server.Database;

/// <summary>One step of the database's making, run once. Steps are added, never changed.</summary>
/// <param name="Name">By which the database remembers it.</param>
/// <param name="Sql">Statements for both databases; <c>{id}</c> stands for the type of a key that counts up.</param>
public sealed record SchemaStep(string Name, string Sql);
