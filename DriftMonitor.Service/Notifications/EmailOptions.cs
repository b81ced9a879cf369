using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>How e-mail is sent. Section <c>Notifications:Email</c>.</summary>
internal sealed record EmailOptions
{
    /// <summary>SMTP server. Unset: off.</summary>
    public string? Host { get; init; }

    /// <summary>Its port. Default 587.</summary>
    [Range(1, 65_535)] public int Port { get; init; } = 587;

    /// <summary>Whether STARTTLS is demanded. Default true.</summary>
    public bool UseTls { get; init; } = true;

    /// <summary>Account. Unset: none.</summary>
    public string? UserName { get; init; }

    /// <summary>The account's password.</summary>
    public string? Password { get; init; }

    /// <summary>Sender. Default ratelimitsuite@localhost.</summary>
    [Required] public string From { get; init; } = "ratelimitsuite@localhost";

    /// <summary>Recipients.</summary>
    [Required] public IReadOnlyList<string> To { get; init; } = [];
}
