using Grpc.Core;
using Npgsql;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer;

/// <summary>Checks of requests, and the status codes of what goes wrong behind them.</summary>
internal static class Edge
{
    /// <summary>Runs a call and turns its faults into statuses.</summary>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception fault) when (StatusOf(fault) is { } status)
        {
            throw new RpcException(new Status(status, fault.Message));
        }
    }

    /// <inheritdoc cref="GuardAsync{T}"/>
    public static Task GuardAsync(Func<Task> call) => GuardAsync(async () =>
    {
        await call();
        return true;
    });

    /// <summary>Refuses a request that is not as it must be.</summary>
    public static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, otherwise));
        }
    }

    /// <summary>Refuses a text that is too short or too long.</summary>
    public static void RequireLength(string field, string text, int least, int most) =>
        Require(text.Length >= least && text.Length <= most, $"{field} has {text.Length} characters; it must have {least}..{most}.");

    /// <summary>A limit, or what stands for 0.</summary>
    public static int Limit(int limit, int otherwise, int most)
    {
        Require(limit >= 0 && limit <= most, $"limit is {limit}; it must be 0 ({otherwise}) or 1..{most}.");
        return limit == 0 ? otherwise : limit;
    }

    /// <summary>Refuses what only a person may do to a service that acts by the loop's rules.</summary>
    public static void RequirePerson(bool asked, ServerCallContext context, string what)
    {
        if (asked && !context.GetHttpContext().User.IsInRole(SuiteRoles.Operator))
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"{what} needs the role {SuiteRoles.Operator}."));
        }
    }

    /// <summary>Refuses on a replica that only stands by.</summary>
    public static void RequireLeader(Leadership leadership)
    {
        if (!leadership.IsLeader)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "this trainer stands by; another replica leads, or the database is away."));
        }
    }

    /// <summary>Who calls.</summary>
    public static string Person(ServerCallContext context) => context.GetHttpContext().User.Identity?.Name is { Length: > 0 } name ? name : "operator";

    private static StatusCode? StatusOf(Exception fault) => fault switch
    {
        KeyNotFoundException => StatusCode.NotFound,
        RegistryConflictException => StatusCode.FailedPrecondition,
        ModelIntegrityException or ModelFormatException => StatusCode.DataLoss,
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => StatusCode.InvalidArgument,
        NpgsqlException => StatusCode.Unavailable,
        _ => null,
    };
}
