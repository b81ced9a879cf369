using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class ReplicaTests
{
    [Fact]
    public async Task WithReplicas_Two_AnswerBehindOnePortAndBothAreWaitedFor()
    {
        await using var app = await RunningApp.StartAsync(builder =>
        {
            var service = builder.AddProject<Projects.Airgap_Aspire_SampleService>("service", options => options.ExcludeLaunchProfile = true)
                .WithHttpEndpoint(name: "http", env: "HTTP_PORT")
                .WithHttpHealthCheck("/health", endpointName: "http")
                .WithReplicas(2);
            builder.AddShell("front", Shell.Forever).WaitFor(service);
        });
        await app.HealthyAsync("front");
        var processes = new HashSet<int>();
        foreach (var replica in (string[])["service-1", "service-2"])
        {
            Assert.True(app.States.TryGetCurrentState(replica, out var state));
            processes.Add(RunningApp.ProcessOf(state));
        }

        var answers = new HashSet<int>();
        for (var i = 0; i < 10 && answers.Count < 2; i++)   // Health checks take their turns in between.
        {
            answers.Add(await AskAsync(app));
        }

        Assert.Equal(processes.Order(), answers.Order());
    }

    // A new connection for each question, as the proxy goes round by connection.
    private static async Task<int> AskAsync(RunningApp app)
    {
        var service = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ProjectResource>().Single();
        using var client = new HttpClient { BaseAddress = new Uri(service.GetEndpoint("http").Url) };
        return await client.GetFromJsonAsync<int>("/process");
    }
}
