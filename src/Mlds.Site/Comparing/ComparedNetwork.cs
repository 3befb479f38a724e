using Mlds.Site.Browsing;
using Mlds.Zoos;

namespace Mlds.Site.Comparing;

/// <summary>A network that is compared.</summary>
/// <param name="Name">Its machine and seed.</param>
public sealed record ComparedNetwork(string Name, StoredNetwork Network, NetworkRecord Record);
