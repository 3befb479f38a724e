using System.Data.Common;
using Mlds.Boinc.States;
using Mlds.Server.Database;
using Mlds.Server.Science;

namespace Mlds.Server.Tests;

/// <summary>Indexes of only the rows in one state were made with numbers; queries that ask for the state by its name still use
/// them.</summary>
public sealed class PartialIndexTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("result", "result_unsent", "server_state", (long)ServerState.Unsent)]
    [InlineData("result", "result_in_progress_by_account", "server_state", (long)ServerState.InProgress)]
    [InlineData("workunit", "workunit_to_assimilate", "assimilate_state", (long)AssimilateState.Ready)]
    [InlineData("workunit", "workunit_to_delete", "file_delete_state", (long)FileDeleteState.Ready)]
    [InlineData("science_network", "science_network_waiting", "state", (long)NetworkState.Waiting)]
    [InlineData("science_network", "science_network_for_server", "state", (long)NetworkState.ForServer)]
    public async Task An_index_of_a_state_is_of_the_state_that_the_enum_names(string table, string index, string column, long state)
    {
        await using var database = ProjectDatabase.Open("project.db", _scratch.Path, ScienceSchema.Steps);

        // SQLite refuses a query that says which index to use where the index can't answer it.
        long? Count(long of) => database.Read(
            session => session.Number($"SELECT count(*) FROM {table} INDEXED BY {index} WHERE {column} = {of}"));
        Assert.Equal(0, Count(state));
        Assert.ThrowsAny<DbException>(() => Count(state + 1));
    }
}
