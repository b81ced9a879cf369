namespace Aspire.Hosting.Testing;

/// <summary>Runs an AppHost's entry point in a test.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <inheritdoc cref="CreateAsync{TEntryPoint}(string[], CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], cancellationToken);

    /// <summary>Runs the entry point of the assembly of <typeparamref name="TEntryPoint"/> until it asks to build.</summary>
    /// <typeparam name="TEntryPoint">A type of AppHost's assembly, such as <c>Projects.AppHost</c>.</typeparam>
    /// <param name="args">AppHost's command line.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(string[], CancellationToken)"/>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], cancellationToken);

    /// <inheritdoc cref="CreateAsync{TEntryPoint}(string[], CancellationToken)"/>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        var run = new EntryPointRun(entryPoint.Assembly, args);
        run.Start();
        return new TestingBuilder(await run.Described.WaitAsync(cancellationToken), run);
    }
}
