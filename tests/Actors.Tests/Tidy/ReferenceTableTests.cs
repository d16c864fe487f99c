using System.Xml.Linq;

namespace Actors.Tests.Tidy;

/// <summary>docs/ARCHITECTURE.md, "What may reference what": this is that table as a test.</summary>
public sealed class ReferenceTableTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Actors.Model"] = [],
        ["Actors.Storage"] = ["Actors.Model"],
        ["Actors.Replication"] = ["Actors.Model"],
        ["Actors.Cluster"] = ["Actors.Model"],
        ["Actors.Groups"] = ["Actors.Model"],
        ["Actors.Net"] = ["Actors.Model"],
        ["Actors.Kafka"] = ["Actors.Model", "Actors.Net"],
        ["Actors.ZooKeeper"] = ["Actors.Model", "Actors.Net"],
        ["Actors.Node"] = ["Actors.Model", "Actors.Storage", "Actors.Replication", "Actors.Cluster", "Actors.Groups", "Actors.Net"],
        ["Actors.Abstractions"] = ["Actors.Model"],
        ["Actors.Streams"] = ["Actors.Abstractions", "Actors.Model"],
        ["Actors.Grains"] = ["Actors.Abstractions", "Actors.Model", "Actors.Node", "Actors.Streams"],
        ["Actors.Dashboard"] = ["Actors.Abstractions", "Actors.Model"],
    };

    [Fact]
    public void A_project_references_only_what_the_table_allows()
    {
        var faults = new List<string>();
        foreach (var file in RepositoryFiles.Find("*.csproj", "src"))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (name == "Actors.Hosting")
            {
                continue; // the only composition root may see all of src
            }

            if (!Allowed.TryGetValue(name, out var allowed))
            {
                faults.Add($"{name} is not in the table");
                continue;
            }

            var references = XDocument.Load(file).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(((string?)r.Attribute("Include") ?? "").Replace('\\', '/')));
            faults.AddRange(references.Where(r => !allowed.Contains(r)).Select(r => $"{name} must not reference {r}"));
        }

        Assert.Empty(faults);
    }

    [Fact]
    public void PostgreSQL_is_known_to_the_hosting_project_only()
    {
        var faults = RepositoryFiles.Find("*.csproj", "src")
            .Where(f => Path.GetFileNameWithoutExtension(f) != "Actors.Hosting")
            .Where(f => File.ReadAllText(f).Contains("Npgsql", StringComparison.Ordinal));
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "Actors.sln")).Replace('\\', '/');
        var missing = RepositoryFiles.Find("*.csproj").Select(RepositoryFiles.Relative).Where(p => !solution.Contains(p, StringComparison.Ordinal));
        Assert.Empty(missing);
    }
}
