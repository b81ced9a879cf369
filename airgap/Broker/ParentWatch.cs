using System.Runtime.InteropServices;

namespace RateLimitSuite.Airgap.Broker;

/// <summary>Lets Linux tell this process that its parent is dead, however it died.</summary>
internal sealed partial class ParentWatch : IDisposable
{
    private const int SetParentDeathSignal = 1;   // PR_SET_PDEATHSIG
    private const PosixSignal UserSignal = (PosixSignal)10;   // SIGUSR1, which nothing else sends here.

    private readonly PosixSignalRegistration? _registration;

    public ParentWatch(Action parentDied)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;   // The end of standard input remains.
        }

        var parent = GetParent();
        _registration = PosixSignalRegistration.Create(UserSignal, signal =>
        {
            signal.Cancel = true;
            StopIfOrphaned();
        });
        _ = Control(SetParentDeathSignal, (nuint)(int)UserSignal);
        StopIfOrphaned();   // It may have died just before.

        // Linux sends the signal when the thread ends that started this process; only the process matters.
        void StopIfOrphaned()
        {
            if (GetParent() != parent)
            {
                parentDied();
            }
        }
    }

    public void Dispose() => _registration?.Dispose();

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParent();

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint argument);
}
