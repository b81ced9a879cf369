using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Ends a process whose configuration is wrong with a sentence and an exit code, not with a stack trace and a core dump.</summary>
internal static class StartupFaults
{
    /// <summary>The exit code: <c>EX_CONFIG</c> of <c>sysexits.h</c>.</summary>
    public const int ExitCode = 78;

    private static int _watching;
    private static volatile bool _started;

    /// <summary>Watches from here until <see cref="Started"/>; later faults crash as they should.</summary>
    /// <param name="name">The service, as it is called in messages.</param>
    public static void Watch(string name)
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, fault) => End(name, fault.ExceptionObject);
        }
    }

    /// <summary>The host is up: its configuration was in order.</summary>
    public static void Started() => _started = true;

    /// <summary>What to tell of a fault; null: it is not one of configuration.</summary>
    public static string? Message(object fault) => fault switch
    {
        OptionsValidationException options => string.Join(' ', options.Failures),
        InvalidOperationException or ArgumentException or FormatException or InvalidDataException =>
            ((Exception)fault).InnerException is { } inner and not AggregateException ? $"{((Exception)fault).Message} {inner.Message}" : ((Exception)fault).Message,
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => ((Exception)fault).Message,
        _ => null,
    };

    private static void End(string name, object fault)
    {
        if (!_started && Message(fault) is { } message)
        {
            Console.Error.WriteLine($"{name} does not start: {message}");
            Environment.Exit(ExitCode);
        }
    }
}
