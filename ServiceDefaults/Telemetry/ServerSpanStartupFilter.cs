using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Puts <see cref="ServerSpanMiddleware"/> before everything else, so that it also sees what an error handler answered.</summary>
internal sealed class ServerSpanStartupFilter : IStartupFilter
{
    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<ServerSpanMiddleware>();
        next(app);
    };
}
