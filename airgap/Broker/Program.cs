using RateLimitSuite.Airgap.Broker;

const int Failed = 1;
const int BadUsage = 2;

if (!BrokerOptions.TryParse(args, out var options, out var problem))
{
    await Console.Error.WriteLineAsync($"broker: {problem}\n{BrokerOptions.Usage}");
    return BadUsage;
}

using var lifetime = new Lifetime();
try
{
    using var cluster = MockCluster.Start();
    using var forwarder = new Forwarder(options.Port, cluster.Address);
    var forwarding = forwarder.RunAsync(lifetime.Stopping);
    MockCluster.CheckReachable(forwarder.Address);
    Console.WriteLine($"broker ready on {forwarder.Address}");
    await forwarding;
    return 0;
}
catch (BrokerException e)
{
    await Console.Error.WriteLineAsync($"broker: {e.Message}");
    return Failed;
}
