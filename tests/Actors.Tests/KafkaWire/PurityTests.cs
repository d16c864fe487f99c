using System.Text.RegularExpressions;
using Actors.Tests.Tidy;

namespace Actors.Tests.KafkaWire;

public sealed partial class PurityTests
{
    [Fact]
    public void The_codec_knows_no_sockets_files_tasks_clocks_or_chance() =>
        Assert.DoesNotContain(
            RepositoryFiles.Find("*.cs", "src/Actors.Kafka/Wire").SelectMany(f => File.ReadLines(f).Select(line => (File: f, Line: line))),
            l => Impure().IsMatch(l.Line));

    [GeneratedRegex(
        @"System\.(Net|IO|Threading)\b|Actors\.Net\b|Actors\.Kafka\.Listener|\b(Task|ValueTask|Socket|Stream|TimeProvider|Stopwatch|Random)\b[.<(]")]
    private static partial Regex Impure();
}
