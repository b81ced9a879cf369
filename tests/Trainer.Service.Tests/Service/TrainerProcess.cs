using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Trainer.Tests.Service;

/// <summary>The trainer in a process of its own, which a test may kill.</summary>
internal sealed class TrainerProcess : IDisposable
{
    private const string Key = "a-key-for-tests-only-a-key-for-tests-only";
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly GrpcChannel _channel;
    private readonly List<string> _log = [];

    private TrainerProcess(string database, string driftMonitor, string[] options)
    {
        var port = FreePort.Take();
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "RateLimitSuite.Trainer.dll"), $"--ConnectionStrings:suite={database}", "--ConnectionStrings:broker=127.0.0.1:1",
            "--HTTP_PORT=0", string.Create(CultureInfo.InvariantCulture, $"--GRPC_PORT={port}"), $"--Suite:Key={Key}", $"--services:driftmonitor:grpc:0={driftMonitor}",
            "--Loop:Profile=smoke", "--Loop:BetweenStarts=00:00:00.1", "--Loop:ShadowTime=00:00:01", "--Loop:CanaryTime=00:00:01", "--Loop:WatchTime=00:00:02", "--Trainer:Iterations=60", .. options,
        ];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _channel = GrpcChannel.ForAddress(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public TrainerApi.TrainerApiClient Api { get; private set; } = null!;

    /// <summary>Calls by method, for tests that send what no client would.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public static TrainerProcess Start(string database, string driftMonitor, params string[] options)
    {
        var trainer = new TrainerProcess(database, driftMonitor, options);
        trainer.Api = new(trainer._channel);
        return trainer;
    }

    /// <summary>Headers of a caller with a role.</summary>
    public static Metadata As(string role) => new()
    {
        { "authorization", $"Bearer {new SuiteTokens(Options.Create(new SuiteKeyOptions { Key = Key }), TimeProvider.System).Issue("alice", role)}" },
    };

    /// <summary>Waits until the status is as a test wants it; the process may still be starting.</summary>
    public async Task<TrainerStatus> UntilAsync(Func<TrainerStatus, bool> condition)
    {
        using var timeout = new CancellationTokenSource(AtMost);
        TrainerStatus? last = null;
        while (true)
        {
            try
            {
                last = await Api.GetStatusAsync(new(), As(SuiteRoles.Viewer), cancellationToken: timeout.Token);
                if (condition(last))
                {
                    return last;
                }
            }
            catch (RpcException fault) when (fault.StatusCode is StatusCode.Unavailable or StatusCode.Unknown && !_process.HasExited)
            {
                // It does not listen yet, or its tables are not there yet.
            }
            catch (RpcException fault) when (_process.HasExited)
            {
                throw new InvalidOperationException($"The trainer ended with code {_process.ExitCode}. It said:\n{Log}", fault);
            }
            catch (RpcException fault) when (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"The trainer stayed at {last}. It said:\n{Log}", fault);
            }

            await Task.Delay(LookEvery, CancellationToken.None);
            if (timeout.IsCancellationRequested)
            {
                throw new TimeoutException($"The trainer stayed at {last}. It said:\n{Log}");
            }
        }
    }

    /// <summary>Ends the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        _channel.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log.TakeLast(60));
            }
        }
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.Add(line ?? "");
        }
    }
}
