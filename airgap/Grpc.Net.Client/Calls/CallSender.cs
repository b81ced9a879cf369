using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Sends a call's request, again where its retry policy says so, until a response begins.</summary>
internal static class CallSender
{
    /// <summary>The response whose messages may follow.</summary>
    /// <param name="call">The call.</param>
    /// <param name="createContent">Makes the request's body, once for each attempt.</param>
    /// <param name="canRetry">Whether the body can be made more than once.</param>
    /// <exception cref="RpcException">The call failed before any message.</exception>
    public static async Task<HttpResponseMessage> SendAsync(ClientCall call, Func<HttpContent> createContent, bool canRetry)
    {
        call.StartActivity();
        var policy = canRetry ? call.Target.Retry : null;
        for (var attempt = 1; ; attempt++)
        {
            HttpResponseMessage? response = null;
            Status status;
            try
            {
                response = await SendOnceAsync(call, createContent(), attempt);
                if (ResponseStatus.FailureFromHeaders(response) is not { } failure)
                {
                    call.Channel.RetryThrottle?.OnSuccess();
                    call.Begin(response, ResponseStatus.ReadMetadata(response.Headers));
                    return response;
                }

                status = failure;
            }
            catch (Exception exception) when (policy is not null && !call.HasEnded)
            {
                status = ExceptionStatus.From(exception, isLate: false);
            }
            catch (Exception exception)
            {
                throw call.Fail(exception);
            }

            if (policy is null || RetryDelay(call, policy, attempt, status, response) is not { } delay)
            {
                throw EndWithoutMessages(call, status, response);
            }

            response?.Dispose();
            await WaitAsync(call, delay);
        }
    }

    private static async Task<HttpResponseMessage> SendOnceAsync(ClientCall call, HttpContent content, int attempt)
    {
        var channel = call.Channel;
        call.Cancelled.ThrowIfCancellationRequested();
        var request = await RequestFactory.CreateAsync(call, content, attempt - 1);
        // HttpClient would otherwise read the whole body before it returns.
        return channel.Invoker is HttpClient client
            ? await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, call.Cancelled)
            : await channel.Invoker.SendAsync(request, call.Cancelled);
    }

    private static Exception EndWithoutMessages(ClientCall call, Status status, HttpResponseMessage? response)
    {
        var trailers = Metadata.Empty;
        if (response is not null)
        {
            trailers = ResponseStatus.ReadMetadata(response.Headers);
            call.Begin(response, trailers);
        }

        call.TryEnd(status, trailers);
        return call.CreateException();
    }

    private static TimeSpan? RetryDelay(ClientCall call, RetryPolicy policy, int attempt, Status status, HttpResponseMessage? response)
    {
        var isRetryable = policy.RetryableStatusCodes.Contains(status.StatusCode);
        if (call.Channel.RetryThrottle is { } throttle && isRetryable)
        {
            throttle.OnFailure();
            if (!throttle.AllowsRetry)
            {
                return null;
            }
        }

        var attemptsMax = Math.Min(policy.MaxAttempts!.Value, call.Channel.Options.MaxRetryAttempts ?? int.MaxValue);
        if (!isRetryable || attempt >= attemptsMax || call.HasEnded)
        {
            return null;
        }

        if (response is not null && response.Headers.NonValidated.TryGetValues(HeaderNames.RetryPushback, out var pushback))
        {
            // The server knows better than the policy; anything but a plain number means "do not come back".
            return int.TryParse(pushback.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null;
        }

        var backoff = Math.Min(
            policy.InitialBackoff!.Value.TotalMilliseconds * Math.Pow(policy.BackoffMultiplier!.Value, attempt - 1),
            policy.MaxBackoff!.Value.TotalMilliseconds);
#pragma warning disable CA5394 // Spreads retries over time; nothing secret.
        return TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * backoff);
#pragma warning restore CA5394
    }

    private static async Task WaitAsync(ClientCall call, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, call.Cancelled);
        }
        catch (OperationCanceledException exception)
        {
            throw call.Fail(exception);
        }
    }
}
