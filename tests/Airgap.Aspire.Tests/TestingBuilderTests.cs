using System.Net.Http.Json;
using Aspire.Hosting.Testing;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class TestingBuilderTests
{
    [Fact]
    public async Task Create_SampleAppHost_RunsItWithPostgresBrokerAndServices()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Airgap_Aspire_SampleAppHost>();
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("front").WaitAsync(RunningApp.Patience);
        using var front = app.CreateHttpClient("front");
        using var back = app.CreateHttpClient("back", "http");

        var frontVariables = await front.GetFromJsonAsync<Dictionary<string, string>>("/environment");
        var backVariables = await back.GetFromJsonAsync<Dictionary<string, string>>("/environment");

        Assert.Equal(app.GetEndpoint("back").ToString().TrimEnd('/'), frontVariables!["services__back__http__0"]);
        Assert.Equal(await app.GetConnectionStringAsync("suite"), backVariables!["ConnectionStrings__suite"]);
        Assert.Matches("^localhost:[0-9]+$", backVariables["ConnectionStrings__broker"]);
    }

    [Fact]
    public async Task Create_TestChangesTheDescription_TheChangeIsRun()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Airgap_Aspire_SampleAppHost>();
        foreach (var resource in builder.Resources.ToArray())
        {
            builder.Resources.Remove(resource);
        }

        builder.AddExecutable("only", "true", ".");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("only", KnownResourceStates.Finished).WaitAsync(RunningApp.Patience);
    }

    [Fact]
    public async Task Create_AppHostThrows_TheTestSeesWhatItThrew()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(
            () => DistributedApplicationTestingBuilder.CreateAsync<Projects.Airgap_Aspire_SampleAppHost>(["--StandIn:GracePeriod=never"]));

        Assert.Contains("StandIn:GracePeriod is 'never'", error.Message, StringComparison.Ordinal);
    }
}
