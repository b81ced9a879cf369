using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.SignIn;

/// <summary>Lets in who has a cookie of <see cref="SignInEndpoints"/>, and nobody else, wherever an endpoint does not say otherwise.</summary>
internal static class SignInExtensions
{
    public static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<SignInTokens>();
        services.AddHostedService<FirstLink>();
        var authentication = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "ratelimitsuite";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;   // Strict would lose the session on the way back from the link.
            cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
            cookie.SlidingExpiration = true;
            cookie.Events.OnRedirectToLogin = context => SignInPage.WriteAsync(
                context.Response, "You are not signed in.", context.HttpContext.RequestServices.GetRequiredService<OidcSettings>());
            cookie.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        authentication.AddOidc(configuration);
        services.AddOptions<AuthorizationOptions>().Configure(options => options.FallbackPolicy = options.GetPolicy(SuitePolicies.Viewer));
        services.AddCascadingAuthenticationState();
        services.AddScoped<PersonCalls>();
    }

    /// <summary>Refuses a circuit that another site's page opens in a signed-in browser: WebSockets know no same-origin rule.</summary>
    public static void UseSameOriginCircuits(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal) && origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var site) && site.Authority == context.Request.Host.Value))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await next(context);
    });

    /// <summary>No script, style or picture from elsewhere, and no frame around the pages.</summary>
    public static void UseSafeHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    });
}
