using System.Globalization;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Processes;

/// <summary>POSIX signals to process groups, which .NET cannot send.</summary>
internal static partial class Signals
{
    private static readonly Dictionary<string, int> Numbers = new() { ["INT"] = 2, ["KILL"] = 9, ["TERM"] = 15 };

    /// <summary>Signals every process of a group; without effect where the group is gone.</summary>
    public static void SendToGroup(int group, string signal) => _ = Kill(-group, Numbers[signal]);

    /// <summary>Changes the owner of a file or folder.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void ChangeOwner(string path, int user, int group)
    {
        if (ChangeOwnerCore(path, user, group) != 0)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"Cannot give '{path}' to user {user}: {Marshal.GetLastPInvokeErrorMessage()}."));
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerCore(string path, int user, int group);
}
