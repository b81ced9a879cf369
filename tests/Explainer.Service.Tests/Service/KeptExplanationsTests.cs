using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Explainer.Tests.Service;

/// <summary>What is looked up, over PostgreSQL.</summary>
public sealed class KeptExplanationsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Kept = 360;

    private string _database = "";

    public async Task InitializeAsync()
    {
        await using var source = await postgres.CreateDatabaseAsync();
        _database = source.ConnectionString;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task GetExplanation_DatabaseAway_IsThereAtOnceFromMemory()
    {
        await using var explainer = new ExplainerHost("Host=127.0.0.1;Port=2;Username=nobody", ExplainerHost.Nowhere);
        await explainer.SubmitAsync([ExplainerHost.Decided(1, "just")]);

        var found = await explainer.Client.GetExplanationAsync(new() { RequestId = "just-1" }, explainer.Headers);

        Assert.Equal("just", found.ClientId);
        Assert.StartsWith("allowed: the client's bucket had enough tokens", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetExplanation_AfterARestart_IsTheSameAndEveryOneAddsUp()
    {
        var before = new Dictionary<string, Explanation>();
        await using (var explainer = await FilledAsync())
        {
            foreach (var id in Ids())
            {
                before[id] = await explainer.Client.GetExplanationAsync(new() { RequestId = id }, explainer.Headers);
            }
        }

        await using var another = new ExplainerHost(_database, ExplainerHost.Nowhere);
        foreach (var id in Ids())
        {
            var after = await another.Client.GetExplanationAsync(new() { RequestId = id }, another.Headers);
            Assert.Equal(before[id], after);
            Assert.Equal(after.Prediction, after.BaseValue + after.Shap.Sum(), 1e-9 * Math.Max(1, Math.Abs(after.Prediction)));
        }

        var missing = await Assert.ThrowsAsync<RpcException>(async () => await another.Client.GetExplanationAsync(new() { RequestId = "never" }, another.Headers));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Query_EveryFilter_FindsThoseThatFitAndNoOther()
    {
        await using var explainer = await FilledAsync();
        var all = await AllAsync(explainer, new());
        Assert.Equal(Ids().Order(), all.Select(e => e.RequestId).Order());
        Assert.Equal(all.OrderByDescending(e => e.Timestamp.ToDateTimeOffset()).Select(e => e.Timestamp), all.Select(e => e.Timestamp));
        var reputation = FeatureSchema.IpReputation;
        var middle = all[all.Count / 2].Timestamp;
        var cases = new (QueryExplanationsRequest Question, Func<Explanation, bool> Fits)[]
        {
            (new() { ClientId = "kept-1" }, e => e.ClientId == "kept-1"),
            (new() { Subnet = "10.0.1.0/24" }, e => e.Subnet == "10.0.1.0/24"),
            (new() { ModelVersion = "m2" }, e => e.ModelVersion == "m2"),
            (new() { Allowed = false }, e => !e.Allowed),
            (new() { Allowed = true, ClientId = "kept-2", ModelVersion = "m1" }, e => e is { Allowed: true, ClientId: "kept-2", ModelVersion: "m1" }),
            (new() { Feature = "ip_reputation", Sign = -1 }, e => e.Shap[reputation] < 0),
            (new() { Feature = "ip_reputation", Sign = 1 }, e => e.Shap[reputation] > 0),
            (new() { From = middle }, e => e.Timestamp >= middle),
            (new() { To = middle }, e => e.Timestamp < middle),
        };
        foreach (var (question, fits) in cases)
        {
            var found = await AllAsync(explainer, question);
            Assert.NotEmpty(found);
            Assert.Equal(all.Where(fits).Select(e => e.RequestId).Order(), found.Select(e => e.RequestId).Order());
            if (question.Feature.Length > 0)
            {
                Assert.Equal(found.Select(e => Math.Abs(e.Shap[reputation])).OrderDescending(), found.Select(e => Math.Abs(e.Shap[reputation])));
            }
        }
    }

    [Fact]
    public async Task Query_Subnets_HaveTheMeansOfTheWholeSelectionOnEveryPage()
    {
        await using var explainer = await FilledAsync();
        var throttled = (await AllAsync(explainer, new())).Where(e => !e.Allowed).ToList();

        var page = await explainer.Client.QueryExplanationsAsync(Within(new() { Allowed = false, PageSize = 1 }), explainer.Headers);

        Assert.Equal(throttled.GroupBy(e => e.Subnet).Select(g => (g.Key, (ulong)g.Count())).Order(), page.Subnets.Select(s => (s.Subnet, s.Count)).Order());
        foreach (var subnet in page.Subnets)
        {
            for (var i = 0; i < FeatureSchema.V1.Count; i++)
            {
                Assert.Equal(throttled.Where(e => e.Subnet == subnet.Subnet).Average(e => e.Shap[i]), subnet.MeanShap[i], 9);
            }
        }
    }

    [Fact]
    public async Task GetExplanation_OverABackground_IsWhatTheEngineGivesForTheSameRows()
    {
        await using var explainer = new ExplainerHost(_database, ExplainerHost.Nowhere, null, ("BackgroundMinimum", "200"));
        var background = Enumerable.Range(0, 200).Select(i => ExplainerHost.Decided(i, "row")).ToList();
        await explainer.SubmitAsync(background);
        await explainer.UntilAsync(s => s.BackgroundId.Length > 0);
        var asked = Enumerable.Range(1_000, 20).Select(i => ExplainerHost.Decided(i, "asked")).ToList();
        await explainer.SubmitAsync(asked);
        var engine = TreeExplainer.Interventional(TreeEnsemble.Parse(TinyModel.Text), background.SelectMany(d => d.Features).ToArray());

        foreach (var decision in asked)
        {
            var found = await explainer.Client.GetExplanationAsync(new() { RequestId = decision.RequestId }, explainer.Headers);
            var shap = new double[FeatureSchema.V1.Count];
            Assert.Equal(engine.Explain([.. decision.Features], shap), found.BaseValue, 1e-9);
            for (var i = 0; i < shap.Length; i++)
            {
                Assert.Equal(shap[i], found.Shap[i], 1e-9);
            }
        }
    }

    private static IEnumerable<string> Ids() => Enumerable.Range(0, Kept).Select(i => $"kept-{i % 3}-{i}");

    // Clients, subnets and models in all combinations, a second apart.
    private async Task<ExplainerHost> FilledAsync()
    {
        var explainer = new ExplainerHost(_database, ExplainerHost.Nowhere);
        var now = TimeProvider.System.GetUtcNow();
        await explainer.SubmitAsync([.. Enumerable.Range(0, Kept).Select(i => ExplainerHost.Decided(
            i, $"kept-{i % 3}", $"10.0.{i / 3 % 2}.0/24", i / 6 % 2 == 0 ? "m1" : "m2", now.AddSeconds(i - Kept)))]);
        await explainer.UntilAsync(s => s.Stored == Kept);
        return explainer;
    }

    // Page by page, pages of a size that does not divide the whole.
    private static async Task<List<Explanation>> AllAsync(ExplainerHost explainer, QueryExplanationsRequest question)
    {
        var all = new List<Explanation>();
        var request = Within(question);
        request.PageSize = 47;
        do
        {
            var page = await explainer.Client.QueryExplanationsAsync(request, explainer.Headers);
            all.AddRange(page.Explanations);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    private static QueryExplanationsRequest Within(QueryExplanationsRequest question)
    {
        var now = TimeProvider.System.GetUtcNow();
        question.From ??= Timestamp.FromDateTimeOffset(now.AddHours(-1));
        question.To ??= Timestamp.FromDateTimeOffset(now.AddHours(1));
        return question;
    }
}
