namespace Aspire.Hosting.ApplicationModel;

internal sealed class PostgresCreationScriptAnnotation(string script) : IResourceAnnotation
{
    public string Script { get; } = script;
}
