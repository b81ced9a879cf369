using Xunit;

namespace RateLimitSuite.TestSupport;

/// <summary>An embedded broker for the tests of a class or collection; topics appear on first use, with 4 partitions.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerProcess? _broker;

    /// <summary>Bootstrap servers for clients.</summary>
    public string Servers => Broker.Servers;

    /// <summary>The process, to stop and start it again.</summary>
    public BrokerProcess Broker => _broker ?? throw new InvalidOperationException("The fixture is not initialised yet.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _broker = await BrokerProcess.StartNewAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
