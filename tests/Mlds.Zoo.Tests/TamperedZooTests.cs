using Microsoft.Data.Sqlite;
using Mlds.Zoos.Merging;
using Mlds.Zoos.Releases;

namespace Mlds.Zoos.Tests;

/// <summary>A database with content that no zoo has: it gets one sentence, and nothing is made from it.</summary>
public sealed class TamperedZooTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    string Folder => _scratch.In("z");

    void Tampered(string sql)
    {
        using (var writer = ZooWriter.Open(Folder, Example.Of(Example.Small)))
            foreach (var machine in Example.Small.MachineNames) writer.Add([Example.Network(Example.Small, machine, 0)]);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "zoo.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Theory]
    [InlineData("UPDATE networks SET epochs = 9223372036854775807",
        "'9223372036854775807' as its epochs, where a whole number 0 … 2147483647 belongs")]
    [InlineData("UPDATE networks SET epochs = -1", "'-1' as its epochs")]
    [InlineData("UPDATE networks SET seed = 4294967296 + seed", "as its seed, where a whole number 0 … 4294967295 belongs")]
    [InlineData("UPDATE networks SET outcome = 7", "'7' as its outcome, where a whole number 1 … 3 belongs")]
    [InlineData("PRAGMA ignore_check_constraints = 1; UPDATE networks SET weights_sha256 = x'00'",
        "1 bytes as its weights_sha256, where 32 bytes belongs")]
    public void A_number_out_of_range_is_named_with_its_column_and_what_is_allowed(string sql, string says)
    {
        Tampered(sql);
        using var zoo = Zoo.Open(Folder);
        var message = Assert.Throws<ZooException>(() => zoo.Networks().ToList()).Message;
        Assert.Contains($"The zoo '{Folder}' is damaged", message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_that_overflow_are_a_sentence_too()
    {
        Tampered("UPDATE networks SET epochs = 9223372036854775807, machine_id = 1, seed = network_id");
        using var zoo = Zoo.Open(Folder);
        Assert.Contains("holds a number that no zoo has", Assert.Throws<ZooException>(zoo.Status).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_population_text_that_is_not_of_its_hash_is_neither_released_nor_merged_nor_added_to()
    {
        Tampered("""UPDATE meta SET value = replace(value, '"For tests."', '"Forged."') WHERE key = 'population_json'""");
        using var zoo = Zoo.Open(Folder);
        Assert.Contains("Forged.", zoo.Population.CanonicalJson, StringComparison.Ordinal);
        Action[] uses =
        [
            () => ReleaseWriter.Write(zoo, _scratch.In("r"), new ReleaseOptions([], ["npy"]), (_, _, _) => { },
                TestContext.Current.CancellationToken),
            () => ZooMerge.Run([Folder], _scratch.In("into"), (_, _) => { }, TestContext.Current.CancellationToken),
            () => ZooWriter.Open(Folder, Example.Of(Example.Small)).Dispose(),
            () => ZooWriter.Open(_scratch.In("other"), zoo.Population).Dispose(),
        ];
        Assert.All(uses, use => Assert.Contains("another SHA-256", Assert.Throws<ZooException>(use).Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_scratch.In("r")) || Directory.Exists(_scratch.In("into")));
    }

    [Fact]
    public void A_product_of_allowed_numbers_that_no_matrix_holds_is_a_sentence()
    {
        Assert.Equal(43_640, MatrixSize.Of(10, 4364));
        Assert.Contains("take at most 492,090 networks", Assert.Throws<ZooException>(() => MatrixSize.Of(500_000, 4364)).Message,
            StringComparison.Ordinal);
    }
}
