using System.Net;
using Confluent.Kafka;

namespace RateLimitSuite.Airgap.Broker;

/// <summary>librdkafka's own mock cluster of one broker. It lives as long as the producer that asked for it, which is used for nothing else.</summary>
internal sealed class MockCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly IProducer<Null, Null> _owner;

    private MockCluster(IProducer<Null, Null> owner, IPEndPoint address)
    {
        _owner = owner;
        Address = address;
    }

    /// <summary>Where the broker listens: a loopback port of its own choice.</summary>
    public IPEndPoint Address { get; }

    public static MockCluster Start()
    {
        var owner = BuildOwner();
        try
        {
            using var admin = new DependentAdminClientBuilder(owner.Handle).Build();
            var broker = admin.GetMetadata(Patience).Brokers.Single();
            return new MockCluster(owner, new IPEndPoint(IPAddress.Parse(broker.Host), broker.Port));
        }
        catch (KafkaException e)
        {
            owner.Dispose();
            throw new BrokerException($"librdkafka's mock cluster did not start: {e.Error.Reason}", e);
        }
    }

    /// <summary>Asks for the metadata as any client would.</summary>
    public static void CheckReachable(IPEndPoint bootstrap)
    {
        try
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap.ToString() }).SetLogHandler(DropLog).Build();
            admin.GetMetadata(Patience);
        }
        catch (KafkaException e)
        {
            throw new BrokerException($"the broker does not answer on {bootstrap}: {e.Error.Reason}", e);
        }
    }

    public void Dispose() => _owner.Dispose();

    private static IProducer<Null, Null> BuildOwner()
    {
        var config = new ProducerConfig();
        config.Set("test.mock.num.brokers", "1");
        try
        {
            return new ProducerBuilder<Null, Null>(config).SetLogHandler(DropLog).Build();
        }
        catch (DllNotFoundException e)
        {
            throw new BrokerException("librdkafka is not beside this program; 'airgap/native/build.sh librdkafka' builds it.", e);
        }
    }

    // What goes wrong comes as an exception; the rest is the mock cluster's chatter about itself.
    private static void DropLog<T>(T client, LogMessage message)
    {
    }
}
