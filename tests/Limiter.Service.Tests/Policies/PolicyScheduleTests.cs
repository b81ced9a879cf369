using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Policies;

/// <summary>Schedules against a clock that a test moves. 2026-01-10 is a Saturday.</summary>
public class PolicyScheduleTests
{
    private const string Yaml = """
        domains:
          - name: default
            policies:
              - name: p
                fallback_rate: 10
                weight: 2
                schedule:
                  - { days: [sat], from: "22:00", to: "06:00", set: { fallback_rate: 3, envelope: { max: 50 }, mode: shadow } }
                  - { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", set: { weight: 5, model: shadow } }
                  - { from: "19:00", to: "20:00", set: { fallback_rate: 4 } }
        """;

    private static readonly PolicySet Set = PolicyReader.Read(Yaml, FeatureSchema.V1, out _)!;

    [Theory]
    [InlineData("2026-01-10T21:59:59", 10)]
    [InlineData("2026-01-10T22:00:00", 3)]   // Saturday night
    [InlineData("2026-01-11T00:00:00", 3)]   // over midnight and the week's end
    [InlineData("2026-01-11T05:59:59", 3)]
    [InlineData("2026-01-11T06:00:00", 10)]
    [InlineData("2026-01-11T22:00:00", 10)]  // not on Sunday
    [InlineData("2026-01-12T05:00:00", 10)]
    [InlineData("2026-01-12T19:30:00", 4)]   // every day
    public void At_AnyMoment_HasTheSettingsOfTheRuleThatCoversIt(string at, double rate) =>
        Assert.Equal(rate, Set.At(Utc(at)).Policies[0].FallbackRate);

    [Fact]
    public void At_ARule_ChangesWhatItSetsAndKeepsTheRest()
    {
        var night = Set.At(Utc("2026-01-10T23:00:00")).Policies[0];
        var work = Set.At(Utc("2026-01-12T09:00:00")).Policies[0];

        Assert.Equal((3, 50, false, 2, ModelMode.On, 0), (night.FallbackRate, night.Envelope.Maximum, night.Enforce, night.Weight, night.Model, night.Scheduled));
        Assert.Equal((10, 1000, true, 5, ModelMode.Shadow, 1), (work.FallbackRate, work.Envelope.Maximum, work.Enforce, work.Weight, work.Model, work.Scheduled));
    }

    [Fact]
    public void NextChange_FollowedForTwoWeeks_MeetsEveryChangeAndNoOther()
    {
        // Minute by minute is slow and cannot be wrong.
        var start = Utc("2026-01-07T12:34:00");
        var expected = new List<DateTime>();
        for (var at = start; at < start.AddDays(14); at = at.AddMinutes(1))
        {
            if (Set.At(at).Policies[0].Scheduled != Set.At(at.AddMinutes(1)).Policies[0].Scheduled)
            {
                expected.Add(at.AddMinutes(1));
            }
        }

        var found = new List<DateTime>();
        for (var at = Set.NextChange(start); at <= start.AddDays(14); at = Set.NextChange(at))
        {
            found.Add(at);
        }

        Assert.Equal(expected, found);
        Assert.Equal(((5 + 1 + 7) * 2 * 2), found.Count);   // begins and ends in two weeks
    }

    [Fact]
    public async Task Run_OverAWeekend_PublishesAtTheBoundaries()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 10, 21, 59, 58, TimeSpan.Zero));
        var holder = new PolicyHolder(time);
        holder.Swap(Set);
        using var scheduler = new PolicyScheduler(holder, time, NullLogger<PolicyScheduler>.Instance);
        await scheduler.StartAsync(CancellationToken.None);

        await PassAsync(time, until: "2026-01-10T21:59:59.9");
        Assert.Equal(10, holder.Current.Policies[0].FallbackRate);
        await PassAsync(time, until: "2026-01-10T22:00:00");
        var night = holder.Current;
        Assert.Equal(3, night.Policies[0].FallbackRate);
        await PassAsync(time, until: "2026-01-10T22:00:30");
        Assert.Same(night, holder.Current);
        await JumpAsync(time, until: "2026-01-11T05:59:59");
        Assert.Same(night, holder.Current);
        await PassAsync(time, until: "2026-01-11T06:00:00");

        Assert.Equal((10, -1, night.Policies[0].Number), (holder.Current.Policies[0].FallbackRate, holder.Current.Policies[0].Scheduled, holder.Current.Policies[0].Number));
        await scheduler.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Swap_DuringARule_PutsItsSettingsInForceAtOnce()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 10, 23, 0, 0, TimeSpan.Zero));
        var holder = new PolicyHolder(time);

        holder.Swap(Set);

        Assert.Equal(3, holder.Current.Policies[0].FallbackRate);
        Assert.False(holder.FollowSchedule());
    }

    // Timer by timer: each time the scheduler has looked and waits again.
    private static async Task PassAsync(ManualTimeProvider time, string until)
    {
        while (time.GetUtcNow().UtcDateTime < Utc(until))
        {
            await time.WaitForTimersAsync(1);
            var left = Utc(until) - time.GetUtcNow().UtcDateTime;
            time.Advance(left < TimeSpan.FromSeconds(0.1) ? left : TimeSpan.FromSeconds(0.1));
        }

        await time.WaitForTimersAsync(1);
    }

    // The clock set forward, as after a sleep.
    private static async Task JumpAsync(ManualTimeProvider time, string until)
    {
        time.Advance(Utc(until) - time.GetUtcNow().UtcDateTime);
        await time.WaitForTimersAsync(1);
    }

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
