using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.ServiceDefaults.Tests.Auth;

public sealed class ServiceTokenTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Current_AtAnyTime_IsInForce()
    {
        var tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = new string('k', 32) }), _clock);
        var own = new ServiceToken(tokens, _clock, new Named("limiter"));

        for (var minute = 0; minute < 20; minute++)
        {
            Assert.Equal("limiter", tokens.Validate(own.Current, out _)?.Name);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void Current_WithinHalfALifetime_IsTheSame()
    {
        var tokens = new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = new string('k', 32) }), _clock);
        var own = new ServiceToken(tokens, _clock, new Named("limiter"));
        var first = own.Current;

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(first, own.Current);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual(first, own.Current);
    }

    private sealed class Named(string name) : IHostEnvironment
    {
        public string ApplicationName { get; set; } = name;

        public string EnvironmentName { get; set; } = "Test";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
