namespace RateLimitSuite.ServiceDefaults;

/// <summary>Names of the authorization policies, for <c>RequireAuthorization</c> and <c>[Authorize]</c>.</summary>
public static class SuitePolicies
{
    /// <summary>May look: viewer, operator or service.</summary>
    public const string Viewer = "suite.viewer";

    /// <summary>May change things: operator, or a service that acts by the rules of the loop.</summary>
    public const string Operator = "suite.operator";

    /// <summary>A service of the suite and nobody else.</summary>
    public const string Service = "suite.service";

    /// <summary>May ask for decisions: a gateway with the shared key or a service.</summary>
    public const string DataPlane = "suite.dataplane";
}
