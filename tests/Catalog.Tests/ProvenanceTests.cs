using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Catalog.Tests;

public sealed class ProvenanceTests : IDisposable
{
    private const string Data = "a,b\n1,2\n3,4\n";
    private const string Schema = """{"type": "record", "name": "log", "fields": [{"name": "a", "type": "long"}, {"name": "b", "type": "double", "doc": "seconds"}]}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("catalog-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Check_EverythingPinnedAndTrue_Matches()
    {
        Write("log.csv", Data);
        Write("log.avsc", Schema);
        var fingerprint = AvroSchema.Read(Path.Combine(_folder, "log.avsc")).Fingerprint;

        var findings = Provenance.Check(Catalog($"- {{name: log, version: v1, source: log.csv, schema: log.avsc, schema_fingerprint: {fingerprint}, sha256: {Hash(Data)}, rows: 2}}"));

        Assert.All(findings, finding => Assert.Equal(Verdict.Matches, finding.Verdict));
        Assert.Equal(["schema_fingerprint", "source", "sha256", "rows"], findings.Select(finding => finding.Key));
    }

    [Fact]
    public void Check_DataChanged_DeviatesInHashAndRows()
    {
        Write("log.csv", Data + "5,6\n");
        Write("log.avsc", Schema);

        var findings = Provenance.Check(Catalog($"- {{name: log, version: v1, source: log.csv, schema: log.avsc, sha256: {Hash(Data)}, rows: 2}}"));

        Assert.Equal(["sha256", "rows"], findings.Where(finding => finding.Fails(strict: false)).Select(finding => finding.Key));
    }

    [Fact]
    public void Check_OnlyTheFourKeys_ListsTheRestAsNotPinned()
    {
        Write("log.csv", Data);
        Write("log.avsc", Schema);

        var findings = Provenance.Check(Catalog("- {name: log, version: v1, source: log.csv, schema: log.avsc}"));

        Assert.Equal(3, findings.Count(finding => finding.Verdict == Verdict.NotPinned));
        Assert.DoesNotContain(findings, finding => finding.Fails(strict: true));
    }

    [Fact]
    public void Check_RemoteSourceWithoutSchema_FailsOnlyWhenStrict()
    {
        var findings = Provenance.Check(Catalog("- {name: request_logs, version: v2024-03, source: s3://example-data/request-logs/, schema: schema/request_log.avsc}"));

        Assert.DoesNotContain(findings, finding => finding.Fails(strict: false));
        Assert.Equal(2, findings.Count(finding => finding.Fails(strict: true)));
    }

    [Theory]
    [InlineData("a b c", Verdict.Matches)]
    [InlineData("a c", Verdict.Deviates)]
    [InlineData(null, Verdict.Deviates)]
    public void Check_LiveTable_HoldsItsColumnsAgainstTheSchema(string? columns, Verdict expected)
    {
        Write("log.avsc", Schema);

        var findings = Provenance.Check(Catalog("- {name: log, version: v1, source: 'postgres:log', schema: log.avsc}"), _ => columns?.Split(' '));

        Assert.Equal(expected, findings.Single(finding => finding.Key == "source").Verdict);
    }

    [Theory]
    [InlineData("version: v1", "version: v2")]
    [InlineData("source: x", "source: y")]
    [InlineData("schema: s", "schema: t")]
    [InlineData("name: log", "name: other")]
    public void Compare_AnyKeyDiffers_Deviates(string was, string now)
    {
        const string Entry = "- {name: log, version: v1, source: x, schema: s}";
        var expected = Catalog(Entry);
        Write("actual.yaml", "datasets:\n" + Entry.Replace(was, now, StringComparison.Ordinal));

        var findings = Provenance.Compare(expected, DataCatalog.Read(Path.Combine(_folder, "actual.yaml")));

        Assert.Contains(findings, finding => finding.Fails(strict: false));
    }

    [Fact]
    public void Read_OrderAndDocumentationOfASchema_DoNotChangeItsFingerprint()
    {
        Write("one.avsc", Schema);
        Write("two.avsc", """{"name": "log", "doc": "more", "type": "record", "fields": [{"type": "long", "name": "a"}, {"name": "b", "type": "double"}]}""");
        Write("three.avsc", Schema.Replace("double", "float", StringComparison.Ordinal));

        Assert.Equal(Fingerprint("one.avsc"), Fingerprint("two.avsc"));
        Assert.NotEqual(Fingerprint("one.avsc"), Fingerprint("three.avsc"));
    }

    [Theory]
    [InlineData("datasets:\n- {name: log, version: v1, source: x}", "line 2: a data set lacks 'schema'")]
    [InlineData("datasets:\n- {name: a, version: v, source: x, schema: s}\n- {name: a, version: v, source: x, schema: s}", "line 3: data set 'a' is there twice")]
    [InlineData("datasets: 7", "one list 'datasets'")]
    [InlineData("datasets: [", "line ")]
    [InlineData("datasets:\n- {name: a, version: v, source: x, schema: s, rows: -1}", "rows is '-1'")]
    public void Read_BadCatalog_SaysWhatAndWhere(string text, string message)
    {
        Write("bad.yaml", text);

        Assert.Contains(message, Assert.Throws<CatalogFormatException>(() => DataCatalog.Read(Path.Combine(_folder, "bad.yaml"))).Message, StringComparison.Ordinal);
    }

    private string Fingerprint(string schema) => AvroSchema.Read(Path.Combine(_folder, schema)).Fingerprint;

    private DataCatalog Catalog(string entry)
    {
        Write("data-catalog.yaml", "datasets:\n" + entry + "\n");
        return DataCatalog.Read(Path.Combine(_folder, "data-catalog.yaml"));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
