using System.Net;
using System.Net.Mail;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>An e-mail by SMTP. Its Message-ID is the alert's id, so mail programs show a second one as the first.</summary>
internal sealed class EmailSink(EmailOptions options) : INotificationSink
{
    public string Name => "email";

    public async Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.UseTls };
        if (options.UserName is not null)
        {
            client.Credentials = new NetworkCredential(options.UserName, options.Password);
        }

        using var message = new MailMessage
        {
            From = new MailAddress(options.From),
            Subject = notification.Title.ReplaceLineEndings(" "),
            Body = string.Join("\r\n\r\n", notification.Lines),
        };
        message.Headers.Add("Message-ID", $"<{notification.Alert.Id}@ratelimitsuite>");
        foreach (var recipient in options.To)
        {
            message.To.Add(recipient);
        }

        try
        {
            await client.SendMailAsync(message, cancellationToken);
        }
        catch (SmtpException fault) when (fault.StatusCode is SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.SyntaxError)
        {
            throw new SinkRefusedException($"answered {(int)fault.StatusCode}");
        }
    }
}
