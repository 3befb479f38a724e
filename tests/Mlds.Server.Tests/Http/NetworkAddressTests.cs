using System.Net;
using Mlds.Server.Http;

namespace Mlds.Server.Tests.Http;

public sealed class NetworkAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", true)]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64", true)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("10.1.2.3", "10.1.2.3", false)]
    [InlineData("172.31.0.1", "172.31.0.1", false)]
    [InlineData("172.32.0.1", "172.32.0.1", true)]
    [InlineData("192.168.1.1", "192.168.1.1", false)]
    [InlineData("169.254.0.1", "169.254.0.1", false)]
    [InlineData("::1", "::/64", false)]
    [InlineData("fe80::1", "fe80::/64", false)]
    [InlineData("fd00::1", "fd00::/64", false)]
    public void A_line_to_the_network_is_an_IPv4_address_or_64_bits_of_an_IPv6_address(string address, string line, bool isPublic)
    {
        Assert.Equal(line, CallerAddress.Of(IPAddress.Parse(address)));
        Assert.Equal(isPublic, NetworkAddress.IsPublic(IPAddress.Parse(address)));
    }
}
