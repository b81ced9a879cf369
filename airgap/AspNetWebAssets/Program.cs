// Takes one resource out of an assembly without loading it: ASSEMBLY RESOURCE FILE.
using RateLimitSuite.Airgap.WebAssets;

if (args is not [var assembly, var resource, var file])
{
    Console.Error.WriteLine("usage: AspNetWebAssets ASSEMBLY RESOURCE FILE");
    return 2;
}

var bytes = AssemblyResources.Read(assembly, resource);
if (bytes is null)
{
    Console.Error.WriteLine($"{assembly} has no resource {resource}.");
    return 1;
}

// By a move, so that a build that is stopped here leaves no half of it.
var part = $"{file}.{Environment.ProcessId}";
File.WriteAllBytes(part, bytes);
File.Move(part, file, overwrite: true);
return 0;
