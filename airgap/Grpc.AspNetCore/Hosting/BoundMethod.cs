using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server;

/// <summary>A method with what serves it and, where there is one, the .NET method behind it.</summary>
internal sealed record BoundMethod(IMethod Method, RequestDelegate Handler, MethodInfo? Implementation);
