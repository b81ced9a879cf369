using System.Globalization;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>The user that runs the server: PostgreSQL refuses to run as root, so root lends it to user <c>postgres</c>.</summary>
internal sealed record PostgresAccount(int User, int Group)
{
    /// <summary>The account to switch to; null where AppHost's own will do.</summary>
    public static PostgresAccount? Find()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var fields = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(f => f is ["postgres", ..])
            ?? throw new DistributedApplicationException(
                "PostgreSQL refuses to run as root and there is no user 'postgres'. Run AppHost as another user, or add it: useradd --system postgres");
        return new PostgresAccount(int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    /// <summary>The same program, started as this account.</summary>
    public ProcessSpec Run(ProcessSpec spec) => spec with
    {
        Command = "setpriv",
        Arguments =
        [
            string.Create(CultureInfo.InvariantCulture, $"--reuid={User}"),
            string.Create(CultureInfo.InvariantCulture, $"--regid={Group}"),
            "--clear-groups",
            spec.Command,
            .. spec.Arguments,
        ],
    };

    /// <summary>Hands a file or folder to this account.</summary>
    public void Own(string path) => Signals.ChangeOwner(path, User, Group);
}
