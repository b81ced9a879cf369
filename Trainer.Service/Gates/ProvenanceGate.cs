using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.Catalog;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Gates;

/// <summary>Whether the data is what the catalog says; asked before anything is trained.</summary>
/// <remarks>Of the live table the columns are checked; its rows are recorded by <see cref="DataHash"/> with each model.</remarks>
internal sealed class ProvenanceGate(NpgsqlDataSource database, IOptions<TrainerOptions> options)
{
    private const string Name = "provenance";
    private const string ColumnsSql = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema()";

    /// <summary>Checks the catalog that the options name.</summary>
    public async Task<GateOutcome> CheckAsync(MetricsRows rows, CancellationToken cancellationToken)
    {
        var numbers = new Numbers().With("rows", rows.Count);
        if (options.Value.Catalog.Length == 0)
        {
            return GateOutcome.Of(Name, true, numbers, "no catalog is set (Trainer:Catalog): nothing is pinned");
        }

        try
        {
            var catalog = DataCatalog.Read(options.Value.Catalog);
            var columns = await ColumnsAsync(cancellationToken);
            var others = catalog.Datasets.Where(dataset => IsOtherTable(dataset.Source)).Select(dataset => dataset.Name).ToHashSet();
            var findings = Provenance.Check(catalog, table => columns.TryGetValue(table, out var names) ? names : null)
                .Where(finding => !others.Contains(finding.Dataset)).ToArray();
            var failed = findings.Where(finding => finding.Fails(strict: false)).Select(finding => $"{finding.Dataset}.{finding.Key}: {finding.Detail}").ToArray();
            numbers.With("catalog_sha256", catalog.Sha256).With("checked", findings.Length).With("deviating", failed.Length)
                .With("not_pinned", findings.Count(finding => finding.Verdict == Verdict.NotPinned))
                .With("not_verifiable", findings.Count(finding => finding.Verdict == Verdict.NotVerifiable));
            return GateOutcome.Of(Name, failed.Length == 0, numbers, failed.Length == 0 ? "the data is as cataloged" : string.Join("; ", failed));
        }
        catch (CatalogFormatException fault)
        {
            return GateOutcome.Of(Name, false, numbers, fault.Message);
        }
    }

    // Models are made of one live table; the suite's others are for the audit, and may have an owner that has not started yet.
    private static bool IsOtherTable(string source) => source.StartsWith("postgres:", StringComparison.Ordinal) && source != "postgres:claw_metrics";

    private async Task<Dictionary<string, List<string>>> ColumnsAsync(CancellationToken cancellationToken)
    {
        var columns = new Dictionary<string, List<string>>();
        await using var command = database.CreateCommand(ColumnsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!columns.TryGetValue(reader.GetString(0), out var names))
            {
                columns.Add(reader.GetString(0), names = []);
            }

            names.Add(reader.GetString(1));
        }

        return columns;
    }
}
