namespace RateLimitSuite.Client.Tests;

/// <summary>One Limiter for a class of tests.</summary>
public sealed class LimiterFixture : IAsyncLifetime
{
    public LimiterServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await LimiterServer.StartNewAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
