using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Tests.Clients;

[Collection(nameof(Alone))]
public class ClientMemoryTests
{
    private const int Rounds = 5;

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    public void Enter_ManyClients_TakesAtMost128BytesOfEachBesideTheKey(int clients)
    {
        var ids = Enumerable.Range(0, clients).Select(i => Encoding.UTF8.GetBytes($"client-{i}")).ToArray();

        // The heap is the whole process's: what an earlier test left behind may go meanwhile, but not in most of the rounds.
        var taken = Enumerable.Range(0, Rounds).Select(_ => TakenBy(ids)).Order().ElementAt(Rounds / 2);

        Assert.InRange(((double)taken / clients) - Unsafe.SizeOf<ClientFingerprint>(), 104, 128);
    }

    private static long TakenBy(byte[][] ids)
    {
        var table = new ClientTable(ids.Length * 2);
        var before = GC.GetTotalMemory(forceFullCollection: true) + table.NativeBytes;
        foreach (var id in ids)
        {
            using var entry = table.Enter(id, policy: 0, TimeSpan.Zero);
        }

        var taken = GC.GetTotalMemory(forceFullCollection: true) + table.NativeBytes - before;
        GC.KeepAlive(table);
        return taken;
    }
}
