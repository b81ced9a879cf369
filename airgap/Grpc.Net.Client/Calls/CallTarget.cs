using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client.Calls;

/// <summary>What a channel knows of a method.</summary>
internal sealed record CallTarget(IMethod Method, Uri Uri, RetryPolicy? Retry);
