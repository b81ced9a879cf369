using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

[Collection(nameof(Alone))]
public class ClientMemoryTests
{
    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Enter_ManyClients_TakesAtMost128BytesOfEachBesideTheKey(int clients)
    {
        var table = new ClientTable(clients * 2);
        var ids = Enumerable.Range(0, clients).Select(i => Encoding.UTF8.GetBytes($"client-{i}")).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        foreach (var id in ids)
        {
            using var entry = table.Enter(id, policy: 0, TimeSpan.Zero);
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(table);
        Assert.InRange(((double)taken / clients) - Unsafe.SizeOf<ClientFingerprint>(), 104, 128);
    }
}
