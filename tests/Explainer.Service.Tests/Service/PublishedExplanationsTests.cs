using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Explainer.Tests.Service;

/// <summary>What comes to topic shap-values, over a broker.</summary>
public sealed class PublishedExplanationsTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const string NoDatabase = "Host=127.0.0.1;Port=2;Username=nobody";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Submit_SeveralClients_ArePublishedInTheOrderOfEach()
    {
        await using var explainer = new ExplainerHost(NoDatabase, broker.Servers);
        var decisions = Enumerable.Range(0, 600).Select(i => ExplainerHost.Decided(i, $"ordered-{i % 5}")).ToList();
        await explainer.SubmitAsync(decisions);

        var records = Read(decisions.Count, "ordered-");

        foreach (var client in records.GroupBy(r => r.Values.ClientId))
        {
            Assert.Single(client.Select(r => r.Partition).Distinct());
            Assert.Equal(decisions.Where(d => d.ClientId == client.Key).Select(d => d.RequestId), client.Select(r => r.Values.RequestId));
        }
    }

    [Fact]
    public async Task Submit_OnlyAWatchedModelPredicted_IsExplainedByItAndSaysThatItDidNotGovern()
    {
        await using var explainer = new ExplainerHost(NoDatabase, broker.Servers);
        var decision = ExplainerHost.Decided(1, "watched");
        (decision.BesideVersion, decision.BesidePrediction) = (decision.ModelVersion, decision.Prediction);
        (decision.ModelVersion, decision.Arm, decision.RefillRate) = ("", Arm.None, 3);
        decision.ClearPrediction();

        await explainer.SubmitAsync([decision]);

        var told = Assert.Single(Read(1, "watched")).Values;
        Assert.Equal(("m1", "none", 3.0), (told.ModelVersion, told.Arm, told.RefillRate));
        Assert.Equal(decision.BesidePrediction, told.BaseValue + told.Shap.Sum(), 9);
        Assert.Equal(told.Prediction, told.BaseValue + told.Shap.Sum(), 9);
    }

    [Fact]
    public async Task Submit_OverABackground_CarriesItsIdAndAddsUp()
    {
        await using var explainer = new ExplainerHost(NoDatabase, broker.Servers, null, ("BackgroundMinimum", "100"), ("BackgroundRows", "100"));
        await explainer.SubmitAsync([.. Enumerable.Range(0, 100).Select(i => ExplainerHost.Decided(i, "before"))]);
        var status = await explainer.UntilAsync(s => s.Mode == "interventional" && s.BackgroundId.Length > 0);
        await explainer.SubmitAsync([.. Enumerable.Range(0, 100).Select(i => ExplainerHost.Decided(i, "after"))]);

        var before = Read(100, "before");
        var after = Read(100, "after");

        Assert.All(before, r => Assert.Equal(("path_dependent", ""), (r.Values.Mode, r.Values.BackgroundId)));
        Assert.All(after, r => Assert.Equal(("interventional", status.BackgroundId), (r.Values.Mode, r.Values.BackgroundId)));
        Assert.All(before.Concat(after), r => Assert.Equal(r.Values.Prediction, r.Values.BaseValue + r.Values.Shap.Sum(), 1e-9 * Math.Max(1, Math.Abs(r.Values.Prediction))));
    }

    [Fact]
    public async Task Submit_OverTheBudget_IsSampledAndSaysSoInMessageAndStatus()
    {
        const int Offered = 20_000;
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var explainer = new ExplainerHost(NoDatabase, broker.Servers, time, ("CpuBudget", "0.05"), ("QueueLength", "100000"));
        var flood = Enumerable.Range(0, Offered).Select(i => ExplainerHost.Decided(i, "flood", at: time.GetUtcNow())).ToList();
        Assert.Equal(Offered, (int)(await explainer.SubmitAsync(flood)).Explained);   // Nothing is known yet of what an explanation takes.

        // 20,000/s take more than a twentieth of a core, at anything over 2.5 µs each.
        time.Advance(TimeSpan.FromSeconds(1));
        var sampled = Enumerable.Range(0, Offered).Select(i => ExplainerHost.Decided(i, "sampled", at: time.GetUtcNow())).ToList();
        var ack = await explainer.SubmitAsync(sampled);

        Assert.InRange((int)ack.SampledOut, 1, sampled.Count - 1);
        Assert.Equal(ack.SampledOut, (await explainer.UntilAsync(_ => true)).SampledOut);
        var told = Assert.Single(Read((int)ack.Explained, "sampled").Select(r => r.Values.Sampled).Distinct());
        Assert.InRange(told, double.Epsilon, 0.999);
        Assert.Equal(told, ack.Explained / (double)sampled.Count, 0.1);
    }

    [Fact]
    public void Producer_OfTheService_IsIdempotent()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:broker"] = broker.Servers;
        builder.Configuration["Aspire:Confluent:Kafka:Producer:Config:MaxInFlight"] = "6";   // librdkafka allows 5 to a producer that is.
        builder.Services.AddMetrics().AddSingleton(TimeProvider.System);
        builder.AddSuiteProducer("broker");
        using var host = builder.Build();

        var fault = Assert.ThrowsAny<Exception>(() => host.Services.GetRequiredService<IProducer<byte[], byte[]>>());

        Assert.Contains("idempotence", fault.Message, StringComparison.Ordinal);
    }

    // Records of the clients whose names begin so, in the order of their partitions.
    private List<(int Partition, ShapValues Values)> Read(int count, string client)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = broker.Servers, GroupId = "none", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(partition => new TopicPartitionOffset(Topics.ShapValues, partition, Offset.Beginning)));
        var records = new List<(int, ShapValues)>();
        var until = TimeProvider.System.GetUtcNow() + Longest;
        while (records.Count < count && TimeProvider.System.GetUtcNow() < until)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } record && EventJson.ReadShapValues(record.Message.Value) is var values && values.ClientId.StartsWith(client, StringComparison.Ordinal))
            {
                records.Add((record.Partition.Value, values));
            }
        }

        Assert.Equal(count, records.Count);
        return records;
    }
}
