using System.Diagnostics;
using System.Globalization;
using Grpc.Core;

namespace Grpc.Net.Client.Calls;

/// <summary>The trace span around each call.</summary>
internal static class ClientActivity
{
    private static readonly ActivitySource Source = new("Grpc.Net.Client");

    public static Activity? Start(IMethod method)
    {
        var activity = Source.StartActivity("Grpc.Net.Client.GrpcOut", ActivityKind.Client);
        activity?.SetTag("grpc.method", method.FullName);
        return activity;
    }

    public static void Stop(Activity? activity, StatusCode status)
    {
        activity?.SetTag("grpc.status_code", ((int)status).ToString(CultureInfo.InvariantCulture));
        activity?.Stop();
    }
}
