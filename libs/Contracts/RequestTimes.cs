using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace RateLimitSuite.Contracts;

/// <summary>Reads times and durations of requests, which may hold what is none: the library's own conversion then ends a call as a fault of the server.</summary>
public static class RequestTimes
{
    private const int NanosMaximum = 999_999_999;

    // From the epoch, so that there is room to count back from it; to the last second that a Timestamp can name.
    private const long SecondsMaximum = 253_402_300_799;

    /// <summary>A point in time, UTC; null where it is unset.</summary>
    /// <param name="time">As it came.</param>
    /// <param name="field">Its name, for the error.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is not of 1970..9999, or its nanos are not 0..999,999,999.</exception>
    public static DateTimeOffset? Read(Timestamp? time, string field) => time switch
    {
        null => null,
        { Seconds: >= 0 and <= SecondsMaximum, Nanos: >= 0 and <= NanosMaximum } => time.ToDateTimeOffset(),
        _ => throw Invalid($"{field} is {time.Seconds} s and {time.Nanos} ns; it must be a time from 1970-01-01 to 9999-12-31, its nanos 0..{NanosMaximum}."),
    };

    /// <summary>A length of time; null where it is unset.</summary>
    /// <param name="duration">As it came.</param>
    /// <param name="field">Its name, for the error.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is no duration, or one of more than 10,000 years.</exception>
    public static TimeSpan? Read(Duration? duration, string field)
    {
        if (duration is null)
        {
            return null;
        }

        var sound = Math.Abs((long)duration.Nanos) <= NanosMaximum && duration.Seconds is >= -SecondsMaximum and <= SecondsMaximum
            && Math.Sign(duration.Seconds) * Math.Sign(duration.Nanos) >= 0;
        return sound
            ? duration.ToTimeSpan()
            : throw Invalid($"{field} is {duration.Seconds} s and {duration.Nanos} ns; both must have one sign, at most {SecondsMaximum} s and {NanosMaximum} ns.");
    }

    private static RpcException Invalid(FormattableString message) => new(new Status(StatusCode.InvalidArgument, message.ToString(CultureInfo.InvariantCulture)));
}
