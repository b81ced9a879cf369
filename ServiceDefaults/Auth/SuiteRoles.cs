namespace RateLimitSuite.ServiceDefaults;

/// <summary>Who a token speaks for.</summary>
public static class SuiteRoles
{
    /// <summary>A person who may look.</summary>
    public const string Viewer = "viewer";

    /// <summary>A person who may also override, promote, roll back and retrain.</summary>
    public const string Operator = "operator";

    /// <summary>Another service of the suite.</summary>
    public const string Service = "service";

    /// <summary>A gateway that presented the data plane's shared key or a certificate of our authority.</summary>
    public const string Gateway = "gateway";

    internal static bool IsIssued(string role) => role is Viewer or Operator or Service;
}
