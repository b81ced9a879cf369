using System.Text.Json;
using RateLimitSuite.Benchmarks;
using RateLimitSuite.Benchmarks.Grpc;
using RateLimitSuite.Benchmarks.Harness;

const int UsageError = 2;

if (args is [ServeCommand.Word, ..])
{
    return ServeCommand.Run(args[1..]);
}

var options = BenchmarkOptions.Parse(args);
if (options is null)
{
    Console.WriteLine("usage: ./bench NAME [--json FILE] [--all] [--seeds N] [--scenario TEXT]\n");
    foreach (var known in BenchmarkList.All)
    {
        Console.WriteLine($"  {known.Name,-14} {known.Description}");
    }

    return args.Length == 0 ? 0 : UsageError;
}

var benchmark = BenchmarkList.All.FirstOrDefault(candidate => candidate.Name == args[0]);
if (benchmark is null)
{
    Console.Error.WriteLine($"bench: there is no benchmark '{args[0]}'; ./bench alone lists them.");
    return UsageError;
}

var context = new BenchmarkContext(Console.Out, options);
benchmark.Run(context);
if (options.File is not null)
{
    File.WriteAllText(options.File, JsonSerializer.Serialize(context.Rows, new JsonSerializerOptions { WriteIndented = true }));
}

return 0;
