namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Sign-in by an OpenID Connect provider (section <c>Dashboard:Oidc</c>); off unless <see cref="Authority"/> is set.</summary>
public sealed record OidcSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Dashboard:Oidc";

    /// <summary>The issuer, such as <c>https://login.example.org/realms/ops</c>; null: people come in by links only.</summary>
    public Uri? Authority { get; init; }

    /// <summary>This dashboard's name at the provider.</summary>
    public string ClientId { get; init; } = "ratelimitsuite";

    /// <summary>Its secret; empty: a public client, which PKCE alone protects.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>The claim that tells what a person may do, such as <c>roles</c> or <c>groups</c>.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Its value for operators.</summary>
    public string OperatorValue { get; init; } = "operator";

    /// <summary>Its value for viewers; empty: whoever the provider knows may look.</summary>
    public string ViewerValue { get; init; } = "";

    /// <summary>Allows a provider without TLS, which is for tests on a machine's own loopback only.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>What is wrong with the settings, as a sentence; null: nothing.</summary>
    public string? Fault() => this switch
    {
        { Authority: null } => null,
        { Authority.IsAbsoluteUri: false } => $"{Section}:Authority must be an absolute address.",
        { Authority.Scheme: not "https", AllowHttp: false } => $"{Section}:Authority must be an https address.",
        { Authority.Scheme: "http", Authority.IsLoopback: false } => $"{Section}:AllowHttp is for a provider on this machine only.",
        { ClientId.Length: 0 } => $"{Section}:ClientId must not be empty.",
        { RoleClaim.Length: 0 } => $"{Section}:RoleClaim must not be empty.",
        { OperatorValue.Length: 0 } => $"{Section}:OperatorValue must not be empty.",
        _ => null,
    };
}
