using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Where one server keeps its data, and its socket.</summary>
internal sealed class PostgresFolders
{
    // A socket's whole path, with its file name, has 107 bytes at most on Linux.
    private const int SocketFolderBytesMax = 80;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Traversable = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public PostgresFolders(PostgresServerResource resource, StandInOptions options)
    {
        Root = resource.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault(m => m.Type == ContainerMountType.BindMount)?.Source
            ?? Path.Combine(options.DataDirectory, resource.Name);
        Socket = Path.Combine(Root, "run");
        if (Encoding.UTF8.GetByteCount(Socket) > SocketFolderBytesMax)
        {
            Socket = Directory.CreateTempSubdirectory("pg-").FullName;
        }
    }

    private string Root { get; }

    /// <summary>The cluster's data.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>The cluster's data while it is being made: an interrupted start leaves no half cluster.</summary>
    public string NewData => Path.Combine(Root, "data.new");

    /// <summary>Holds the administrator's socket; closed to everybody else, as it asks for no password.</summary>
    public string Socket { get; }

    /// <summary>The administrator's password during <c>initdb</c>.</summary>
    public string PasswordFile => Path.Combine(Socket, "password");

    public void Create(PostgresAccount? account)
    {
        var parent = Path.GetDirectoryName(Root)!;
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent);
            File.SetUnixFileMode(parent, Traversable);   // Whatever the umask is: the server's account must get through.
        }

        foreach (var folder in (string[])[Root, Socket])
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            account?.Own(folder);
        }

        if (Directory.Exists(NewData))
        {
            Directory.Delete(NewData, recursive: true);
        }
    }

    /// <summary>The server that runs on this data, as another AppHost's, or one that is just being ended; null where there is none.</summary>
    public int? FindServer()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file) || !int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        // The file outlives a server that was killed, and its number may have gone to another program.
        var commandLine = $"/proc/{id}/cmdline";
        return File.Exists(commandLine) && File.ReadAllText(commandLine).Split('\0').Contains(Data) ? id : null;
    }

    /// <summary>Writes the password for <c>initdb</c>, readable by the server's account alone.</summary>
    public void WritePassword(string password, PostgresAccount? account)
    {
        File.Delete(PasswordFile);
        using (var stream = new FileStream(PasswordFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            stream.Write(Encoding.UTF8.GetBytes(password));
        }

        account?.Own(PasswordFile);
    }
}
