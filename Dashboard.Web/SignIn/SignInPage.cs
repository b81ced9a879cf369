using System.Text.Encodings.Web;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>The page for whoever is not signed in: it says how, and nothing of the suite.</summary>
internal static class SignInPage
{
    public static Task WriteAsync(HttpResponse response, string problem, OidcSettings oidc)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        return response.WriteAsync(
            $"""
             <!DOCTYPE html>
             <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
             <title>Sign in · RateLimitSuite</title><link rel="stylesheet" href="/app.css"><script src="/theme.js"></script></head>
             <body class="signin"><main class="card"><h1>RateLimitSuite</h1><p role="alert">{HtmlEncoder.Default.Encode(problem)}</p>
             {(oidc.Authority is { } authority ? $"<p><a href=\"/signin/oidc\">Sign in at {HtmlEncoder.Default.Encode(authority.Host)}</a></p>" : "")}
             <p>Sign in by the one-time link that was printed when the suite started:</p>
             <pre>Dashboard  http://localhost:…/signin?t=…</pre>
             <p>A link lets one browser in. Who is signed in can make more of them, for viewers or operators, at the foot of every page.</p>
             </main></body></html>
             """);
    }
}
