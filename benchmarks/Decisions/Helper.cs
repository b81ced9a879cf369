namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>A second thread that waits for work: starting one for each batch would be measured with it.</summary>
internal sealed class Helper : IDisposable
{
    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private Action? _work;

    public Helper() => new Thread(Run) { IsBackground = true }.Start();

    public void Begin(Action work)
    {
        _work = work;
        _begin.Release();
    }

    public void Wait() => _done.Wait();

    public void Dispose() => Begin(static () => throw new OperationCanceledException());

    private void Run()
    {
        try
        {
            while (true)
            {
                _begin.Wait();
                _work!();
                _done.Release();
            }
        }
        catch (OperationCanceledException)
        {
            _begin.Dispose();
            _done.Dispose();
        }
    }
}
