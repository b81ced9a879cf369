namespace RateLimitSuite.Profiles.Tests;

/// <summary>A small repository of its own with the suite's real profile files, one app, one stand-in and a feed made for the test.</summary>
internal sealed class ScratchSuite : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("suite-profile-").FullName;

    public ScratchSuite(string feedSource)
    {
        var repository = DotNet.Repository;
        CopyFolder(Path.Combine(repository, "eng"), Path.Combine(_root, "eng"));
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Solution.targets", "Directory.Packages.props" })
        {
            File.Copy(Path.Combine(repository, file), Path.Combine(_root, file));
        }

        Directory.CreateDirectory(FeedFolder);
        Feed = new LookAlikeFeed(FeedFolder, repository);
        Feed.Add("Microsoft.CodeAnalysis.BannedApiAnalyzers", "5.6.0");
        Write("nuget.config",
            $"""
             <configuration><packageSources><clear /><add key="test" value="{feedSource.Replace("FEED", FeedFolder, StringComparison.Ordinal)}" /></packageSources>
             <config><add key="globalPackagesFolder" value="{Path.Combine(_root, "packages")}" /></config></configuration>
             """);
        Write("airgap/StandIns.targets",
            """
            <Project>
              <ItemGroup Condition="'$(GrpcPackages)' == 'standin' and '@(PackageReference->AnyHaveMetadataValue('Identity', 'Grpc.AspNetCore'))' == 'true'">
                <PackageReference Remove="Grpc.AspNetCore" />
                <ProjectReference Include="$(RepositoryRoot)airgap/StandIn/StandIn.csproj" />
              </ItemGroup>
            </Project>
            """);
        Write("airgap/StandIn/StandIn.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");
        Write("App/App.csproj",
            """
            <Project>
              <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
              <Import Project="Sdk.props" Sdk="Aspire.AppHost.Sdk" Version="$(AspireSdkVersion)" Condition="'$(AspirePackages)' == 'feed'" />
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <UseAppHost>false</UseAppHost>
                <DefineConstants Condition="'$(GrpcPackages)' == 'feed'">$(DefineConstants);FEED</DefineConstants>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Grpc.AspNetCore" /></ItemGroup>
              <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
              <Import Project="Sdk.targets" Sdk="Aspire.AppHost.Sdk" Version="$(AspireSdkVersion)" Condition="'$(AspirePackages)' == 'feed'" />
            </Project>
            """);
        Write("App/Program.cs",
            """
            #if FEED
            System.Console.WriteLine("runs on the feed's packages");
            #else
            System.Console.WriteLine("runs on stand-ins");
            #endif
            """);
    }

    public LookAlikeFeed Feed { get; }

    public string ProfileFile => Path.Combine(_root, "artifacts/profile.props");

    private string FeedFolder => Path.Combine(_root, "feed");

    public void AddEveryGroup()
    {
        foreach (var probe in Directory.GetFiles(Path.Combine(_root, "eng/probe"), "*.csproj"))
        {
            Feed.AddGroup(Path.GetFileNameWithoutExtension(probe));
        }
    }

    /// <summary>Runs <c>dotnet</c> in the scratch repository and returns exit code and all output.</summary>
    public Task<(int ExitCode, string Output)> DotNetAsync(params string[] arguments) => DotNet.RunAsync(_root, arguments);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
