// A service for the stand-in's own tests: it tells its environment, becomes unhealthy, crashes or hangs when asked to.
using System.Collections;
using System.Globalization;

var builder = WebApplication.CreateSlimBuilder(args);
if (Environment.GetEnvironmentVariable("HTTP_PORT") is { } port)
{
    builder.WebHost.ConfigureKestrel(o => o.ListenLocalhost(int.Parse(port, CultureInfo.InvariantCulture)));
}

var healthy = Environment.GetEnvironmentVariable("SAMPLE_UNHEALTHY") is null;
var app = builder.Build();
app.MapGet("/health", () => healthy ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
app.MapGet("/environment", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value));
app.MapGet("/process", () => Environment.ProcessId);
app.MapPost("/heal", () => healthy = true);
app.MapPost("/crash", () => Environment.Exit(7));
if (args is ["crash"])
{
    Console.WriteLine("crashing as asked");
    return 7;
}

if (args is ["refuse-to-stop"])
{
    using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(
        System.Runtime.InteropServices.PosixSignal.SIGTERM, context => context.Cancel = true);
    await app.RunAsync();
}

await app.RunAsync();
return 0;
