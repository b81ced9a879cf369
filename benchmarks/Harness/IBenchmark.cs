namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>One benchmark: a question that <c>./bench NAME</c> answers with rows of figures.</summary>
internal interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>One line for the list of names.</summary>
    string Description { get; }

    /// <summary>Measures and adds rows to the context.</summary>
    void Run(BenchmarkContext context);
}
