namespace Mlds.Server.Database;

/// <summary>One step of building the database's schema, run once. Steps are added, never changed.</summary>
/// <param name="Name">The name by which the database remembers it.</param>
/// <param name="Sql">Statements for both databases; <c>{id}</c> stands for the type of a key that the database numbers by itself.</param>
public sealed record SchemaStep(string Name, string Sql);
