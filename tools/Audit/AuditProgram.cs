using System.CommandLine;
using RateLimitSuite.Audit.Commands;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Audit;

/// <summary>The command line: one file a command, a line each here.</summary>
internal static class AuditProgram
{
    /// <summary>The request was carried out, and what was checked holds.</summary>
    public const int Passed = 0;

    /// <summary>The request was carried out, and what was checked does not hold.</summary>
    public const int Failed = 1;

    /// <summary>The request or a file it names cannot be used as it is.</summary>
    public const int UsageError = 2;

    /// <summary>Somebody stopped it, as shells tell of Ctrl-C.</summary>
    public const int Stopped = 130;

    /// <summary>Parses and runs one command line.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var terminal = new Terminal(output, error);
        var root = new RootCommand("Explains, predicts with and audits LightGBM models of RateLimitSuite.")
        {
            ExplainCommand.Create(terminal),
            PredictCommand.Create(terminal),
            InspectCommand.Create(terminal),
            ValidateCommand.Create(terminal),
            ImportanceCommand.Create(terminal),
            ProvenanceCommand.Create(terminal),
            ShapReportCommand.Create(terminal),
            FairnessCommand.Create(terminal),
            ModelCommand.Create(terminal),
            MigrateCommand.Create(terminal),
            TokenCommand.Create(terminal),
            McpCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await error.WriteLineAsync($"audit: {problem.Message}").ConfigureAwait(false);
            }

            await error.WriteLineAsync("audit: --help tells what each command takes.").ConfigureAwait(false);
            return UsageError;
        }

        try
        {
            var settings = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(settings, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is UsageException or ModelFormatException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"audit: {problem.Message}").ConfigureAwait(false);
            return UsageError;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("audit: stopped.").ConfigureAwait(false);
            return Stopped;
        }
    }
}
