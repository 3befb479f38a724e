using Mlds.Server.Http;

namespace Mlds.Server.Tests.Http;

public sealed class BodyMemoryTests
{
    [Fact]
    public void One_address_has_its_share_and_all_together_have_what_there_is()
    {
        var memory = new BodyMemory(most: 100, mostOfOne: 60);
        Assert.True(memory.TryTake("a", 60));
        Assert.False(memory.TryTake("a", 1));
        Assert.True(memory.TryTake("b", 40));
        Assert.False(memory.TryTake("c", 1));
        memory.GiveBack("a", 30);
        Assert.True(memory.TryTake("c", 30));
        memory.GiveBack("a", 30);
        memory.GiveBack("b", 40);
        memory.GiveBack("c", 30);
        Assert.Equal(0, memory.Taken);
        Assert.True(memory.TryTake("a", 60));
    }
}
