using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>In by a link or by a provider, out by a button.</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/signin", SignInAsync).AllowAnonymous();

        endpoints.MapGet("/signin/oidc", GoToProviderAsync).AllowAnonymous();

        // A form field, so that the antiforgery check applies: no other site can sign a person out.
        endpoints.MapPost("/signout", SignOutAsync);
    }

    private static async Task SignInAsync(HttpContext context, SignInTokens tokens, OidcSettings oidc, [FromQuery(Name = "t")] string? token = null)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (string.IsNullOrEmpty(token))
        {
            await SignInPage.WriteAsync(context.Response, "This page needs the link's token.", oidc);
        }
        else if (tokens.Redeem(token) is { } role)
        {
            var name = $"{role}-{Guid.NewGuid().ToString("N")[..6]}";
            var identity = new ClaimsIdentity(
                [new Claim("sub", name), new Claim(SuiteTokens.RoleClaim, role)], CookieAuthenticationDefaults.AuthenticationScheme, "sub", SuiteTokens.RoleClaim);
            await context.SignInAsync(new ClaimsPrincipal(identity));
            context.Response.Redirect("/");
        }
        else if (context.User.Identity?.IsAuthenticated == true)
        {
            context.Response.Redirect("/");   // The link again, in the browser that it has let in.
        }
        else
        {
            await SignInPage.WriteAsync(context.Response, "This link was used already, is too old, or was never made.", oidc);
        }
    }

    private static async Task GoToProviderAsync(HttpContext context, OidcSettings oidc)
    {
        if (oidc.Authority is not { } authority)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            await context.ChallengeAsync(OidcExtensions.Scheme, new AuthenticationProperties { RedirectUri = "/" });
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or HttpRequestException && !context.Response.HasStarted)
        {
            await SignInPage.WriteAsync(context.Response, $"{authority.Host} does not answer. Try again in a moment.", oidc);
        }
    }

    private static async Task SignOutAsync(HttpContext context, OidcSettings oidc, [FromForm] string? confirm)
    {
        await context.SignOutAsync();
        await SignInPage.WriteAsync(context.Response, "You are signed out.", oidc);
    }
}
