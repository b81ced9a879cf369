using System.Text;

namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>Hands on what is written to the console, and watches for one line.</summary>
internal sealed class ConsoleTap(TextWriter console, Func<string, string?> find) : TextWriter
{
    private readonly TaskCompletionSource<string> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was found, once it was written.</summary>
    public Task<string> Found => _found.Task;

    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => console.Write(value);

    public override void Write(string? value) => console.Write(value);

    public override void WriteLine(string? value)
    {
        console.WriteLine(value);
        if (value is not null && find(value) is { } found)
        {
            _found.TrySetResult(found);
        }
    }

    public override void Flush() => console.Flush();
}
