using RateLimitSuite.Smoke;
using Spectre.Console;

// Starts the whole suite under the smoke profile, watches the loop close once, prints what happened, stops everything.
// Exit codes: 0 the loop closed, 1 it did not, 2 the command line was wrong.
SmokeOptions options;
try
{
    options = SmokeOptions.Parse(args);
}
catch (ArgumentException fault)
{
    Console.Error.WriteLine($"smoke: {fault.Message}");
    Console.Error.WriteLine("usage: ./run --smoke [LOG] [--timeout SECONDS] [--Key=value ...]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
SmokeReport report;
try
{
    report = await SmokeSuite.RunAsync(options, Console.WriteLine, SmokeData.OfThisClone(), stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("smoke: stopped.");
    return 130;
}

AnsiConsole.Write(SmokeTable.Of(report));
if (!report.Succeeded)
{
    Console.Error.WriteLine($"smoke: failed at {report.FailedAt}: {report.Problem}");
    return 1;
}

Console.WriteLine("smoke: the loop closed.");
return 0;
