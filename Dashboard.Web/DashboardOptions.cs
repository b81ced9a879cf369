namespace RateLimitSuite.Dashboard;

/// <summary>Section <c>Dashboard</c>.</summary>
public sealed record DashboardOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Dashboard";

    /// <summary>The token of the first sign-in link, at least 16 characters; null: one is made and its link logged.</summary>
    public string? SignInToken { get; init; }

    /// <summary>Where saved widget layouts lie; null: a folder of this user's application data.</summary>
    public string? LayoutFolder { get; init; }
}
