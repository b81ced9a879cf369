namespace Aspire.Hosting;

/// <summary>How the application's builder starts.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>AppHost's assembly; null: the entry assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>AppHost's folder; null: the one that its build noted.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>Whether Aspire's own dashboard stays off. The stand-in has none.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether Aspire's own dashboard may use plain HTTP. The stand-in has none.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Whether resources' output also goes to the host's log. The stand-in always prints it.</summary>
    public bool EnableResourceLogging { get; set; }
}
