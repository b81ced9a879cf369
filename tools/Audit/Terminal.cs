using Spectre.Console;

namespace RateLimitSuite.Audit;

/// <summary>Where a command writes: results to output, everything about the work itself to error.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    private readonly IAnsiConsole _error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });

    /// <summary>Results.</summary>
    public IAnsiConsole Output { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

    /// <summary>Writes one line of a result as it is, for scripts: no width of a console breaks it.</summary>
    public void Print(string text) => output.WriteLine(text);

    /// <summary>Says something about the work.</summary>
    public void Note(string text) => error.WriteLine(text);

    /// <summary>Does some work under a progress bar, which is drawn where a person can see it.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; it tells the share done, from 0 to 1.</param>
    public void WithProgress(string title, Action<IProgress<double>> work) => WithProgress(title, progress =>
    {
        work(progress);
        return true;
    });

    /// <summary>Does some work that has a result under a progress bar.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">The work; it tells the share done, from 0 to 1.</param>
    public T WithProgress<T>(string title, Func<IProgress<double>, T> work) =>
        _error.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask(Markup.Escape(title), maxValue: 1))));

    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
