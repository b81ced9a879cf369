using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Reservations;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Every field of every request, at the edges of its type: an answer, or a fault that names a field; never anything else.</summary>
public sealed class FieldFuzzTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    private const int Rounds = 5_000;

    [Fact]
    public void Decide_AnyFields_AnswersOrNamesTheField()
    {
        var decider = host.Services.GetRequiredService<Decider>();
        var clock = host.Services.GetRequiredService<LimiterClock>();
        var answered = Run<DecideRequest>(1, request =>
        {
            var fault = decider.TryDecide(request, clock.Now, out var response);
            Assert.NotEqual(fault is null, response is null);
            return fault;
        });

        Assert.InRange(answered, 5, Rounds - 5);   // both sides of the edge were met
    }

    [Fact]
    public void ReportOutcomes_AnyFields_AnswersOrNamesTheField()
    {
        var intake = host.Services.GetRequiredService<OutcomeIntake>();
        Run<ReportOutcomesRequest>(2, request => intake.TryReport(request, out _));
    }

    [Fact]
    public void Reservations_AnyFields_AnswerOrNameTheField()
    {
        var desk = host.Services.GetRequiredService<ReservationDesk>();
        Run<ReserveRequest>(3, request => Fault(() => desk.Reserve(request)));
        Run<CommitRequest>(4, request => Fault(() => desk.Commit(request)));
        Run<RefundRequest>(5, request => Fault(() => desk.Refund(request)));
    }

    [Fact]
    public void ShouldRateLimit_AnyFields_AnswersOrNamesTheField()
    {
        var decider = host.Services.GetRequiredService<EnvoyDecider>();
        Run<RateLimitRequest>(6, request => decider.TryDecide(request, new EnvoyAnswer()));
    }

    [Fact]
    public async Task Overrides_AnyFields_AreRefusedByFieldOrForTheMissingDatabase()
    {
        var desk = host.Services.GetRequiredService<Limiter.Overrides.OverrideDesk>();
        var fuzz = new FieldFuzz(7);
        for (var i = 0; i < 500; i++)
        {
            var set = await Assert.ThrowsAsync<RpcException>(() => desk.SetAsync(fuzz.Make<SetOverrideRequest>(), "fuzz", CancellationToken.None));
            var remove = await Assert.ThrowsAsync<RpcException>(() => desk.RemoveAsync(fuzz.Make<RemoveOverrideRequest>(), "fuzz", CancellationToken.None));
            Assert.All([set, remove], fault => Assert.True(fault.StatusCode is StatusCode.InvalidArgument or StatusCode.Unavailable, fault.Message));
        }
    }

    private static int Run<T>(int seed, Func<T, string?> ask)
        where T : IMessage<T>, new()
    {
        var fuzz = new FieldFuzz(seed);
        var answered = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var request = fuzz.Make<T>();
            var fault = ask(request);
            answered += fault is null ? 1 : 0;
            Assert.True(fault is null || fault.Length > 10, $"'{fault}' for {request}");
        }

        return answered;
    }

    private static string? Fault(Action ask)
    {
        try
        {
            ask();
            return null;
        }
        catch (RpcException fault) when (fault.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound)
        {
            return fault.Status.Detail;
        }
    }
}
