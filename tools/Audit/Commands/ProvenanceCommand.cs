using System.CommandLine;
using Npgsql;
using RateLimitSuite.Catalog;
using Spectre.Console;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>provenance</c>: whether the data is what the catalog says.</summary>
internal static class ProvenanceCommand
{
    private const string ColumnsSql = "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1";

    public static Command Create(Terminal terminal)
    {
        var catalog = new Option<string>("--catalog") { Description = "data-catalog.yaml.", DefaultValueFactory = _ => "data-catalog.yaml" };
        var against = new Option<string?>("--against") { Description = "Another catalog, as recorded elsewhere: any difference fails." };
        var strict = new Option<bool>("--strict") { Description = "Fail also on what cannot be verified here, such as a schema that is not there." };
        var database = DatabaseOption.Create();
        var command = new Command("provenance", "Holds a data catalog against files, schemas and live tables; any deviation fails.") { catalog, against, strict, database };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(catalog), parsed.GetValue(against), parsed.GetValue(strict), parsed.GetValue(database), terminal));
        return command;
    }

    private static int Run(string path, string? against, bool strict, string? connectionString, Terminal terminal)
    {
        try
        {
            var catalog = DataCatalog.Read(path);
            using var database = DatabaseOption.Open(connectionString);
            IReadOnlyList<Finding> findings =
            [
                .. Provenance.Check(catalog, database is null ? null : table => ColumnsOf(database, table)),
                .. against is null ? [] : Provenance.Compare(catalog, DataCatalog.Read(against)),
            ];
            terminal.Output.Write(ToTable(findings, strict));
            return findings.Any(finding => finding.Fails(strict)) ? AuditProgram.Failed : AuditProgram.Passed;
        }
        catch (CatalogFormatException fault)
        {
            throw new UsageException(fault.Message);
        }
        catch (NpgsqlException fault)
        {
            throw new UsageException($"the database cannot be asked: {fault.Message}");
        }
    }

    private static Table ToTable(IReadOnlyList<Finding> findings, bool strict)
    {
        var table = new Table().AddColumns("data set", "key", "result", "detail");
        foreach (var finding in findings)
        {
            var verdict = finding.Verdict switch
            {
                Verdict.Matches => "matches",
                Verdict.NotPinned => "not pinned",
                Verdict.NotVerifiable => "not verifiable",
                _ => "DEVIATES",
            };
            table.AddRow(Markup.Escape(finding.Dataset), finding.Key, finding.Fails(strict) ? $"{verdict}: FAILED" : verdict, Markup.Escape(finding.Detail));
        }

        return table;
    }

    private static List<string>? ColumnsOf(NpgsqlDataSource database, string table)
    {
        using var command = database.CreateCommand(ColumnsSql);
        command.Parameters.AddWithValue(table);
        using var reader = command.ExecuteReader();
        var columns = new List<string>();
        while (reader.Read())
        {
            columns.Add(reader.GetString(0));
        }

        return columns.Count == 0 ? null : columns;
    }
}
