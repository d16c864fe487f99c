using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Actors.Kafka.Wire;
using Actors.Tests.Tidy;

namespace Actors.Tests.KafkaWire;

/// <summary>
/// Our codec against Kafka's own message classes, for every API and version. Needs Java and KAFKA_HOME, a folder with Kafka's jars under libs/.
/// </summary>
public sealed class KafkaPeerTests(ITestOutputHelper output)
{
    private const int Rounds = 12;
    private static readonly string? s_kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");

    private static string SeedText => Environment.GetEnvironmentVariable("KAFKA_PEER_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task What_Kafka_writes_is_read_and_written_again_byte_for_byte()
    {
        SkipWithoutKafka();
        var seed = SeedText;
        output.WriteLine($"KAFKA_PEER_SEED={seed}");
        var ranges = MessageCodec.Apis.Select(a => $"{a.Key}:{a.Versions.First}-{a.Versions.Last}");
        var lines = await RunPeerAsync(["write", seed, $"{Rounds}", .. ranges], "");
        var faults = lines.Select(l => l.Split('\t')).Select(Compare).OfType<string>().Take(20).ToArray();
        Assert.True(faults.Length == 0, $"seed {seed}\n" + string.Join('\n', faults));
        Assert.Equal(MessageCodec.All.Sum(c => c.Versions.Count()) * Rounds, lines.Length);
        output.WriteLine($"{lines.Length} messages");
    }

    [Fact]
    public async Task What_we_write_is_read_by_Kafka_and_written_again_byte_for_byte()
    {
        SkipWithoutKafka();
        var seed = int.Parse(SeedText, CultureInfo.InvariantCulture) & 0xFFFFFF;
        output.WriteLine($"KAFKA_PEER_SEED={seed}");
        var cases = MessageCodec.All.SelectMany(c => c.Versions.Select(v => (Codec: c, Version: v)))
            .SelectMany(c => Enumerable.Range(0, Rounds).Select(r => (c.Codec, c.Version, Seed: seed + r)))
            .Select(c => (c.Codec, c.Version, Hex: Convert.ToHexStringLower(
                c.Codec.Write(new RandomMessages(c.Seed).Fill(c.Codec, c.Version), c.Version, RandomMessages.Source))))
            .ToArray();
        var input = string.Concat(cases.Select(c => $"{c.Codec.Api.Key}\t{c.Version}\t{(c.Codec.IsRequest ? "request" : "response")}\t{c.Hex}\n"));
        var answers = await RunPeerAsync(["read"], input);
        Assert.Equal(cases.Length, answers.Length);
        var faults = cases.Zip(answers).Where(c => c.First.Hex != c.Second).Take(20)
            .Select(c => $"{c.First.Codec} v{c.First.Version}\n  ours  {c.First.Hex}\n  Kafka {c.Second}").ToArray();
        Assert.True(faults.Length == 0, $"seed {seed}\n" + string.Join('\n', faults));
        output.WriteLine($"{cases.Length} messages");
    }

    [Fact]
    public async Task Fields_have_the_defaults_that_Kafka_gives_them()
    {
        SkipWithoutKafka();
        var ranges = MessageCodec.Apis.Select(a => $"{a.Key}:{a.Versions.First}-{a.Versions.Last}");
        var lines = await RunPeerAsync(["bare", "0", "1", .. ranges], "");
        var faults = new List<string>();
        foreach (var words in lines.Select(l => l.Split('\t')))
        {
            var version = short.Parse(words[1], CultureInfo.InvariantCulture);
            var codec = MessageCodec.Find(int.Parse(words[0], CultureInfo.InvariantCulture), words[2] == "request");
            var ours = MessageText.Of(RandomMessages.Bare(codec.Type, codec.Schema, version), codec.Schema, version);
            if (!SameDefaults(ours, JsonNode.Parse(words[4])))
            {
                faults.Add($"{codec} v{version}\n  ours  {ours.ToJsonString()}\n  Kafka {words[4]}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(10)));
        Assert.Equal(MessageCodec.All.Sum(c => c.Versions.Count()), lines.Length);
    }

    [Fact]
    public async Task Versions_and_their_headers_are_those_that_Kafka_offers()
    {
        SkipWithoutKafka();
        var kafka = (await RunPeerAsync(["heads"], "")).Select(l => l.Split('\t').Select(int.Parse).ToArray()).ToArray();
        foreach (var api in KafkaApis.All)
        {
            var offered = kafka.Where(k => k[0] == (int)api.Api).ToArray();
            Assert.Equal(offered.Select(k => k[1]), Enumerable.Range(api.MinVersion, api.MaxVersion - api.MinVersion + 1));
            Assert.All(offered, k => Assert.Equal((k[2], k[3]), (api.RequestHeaderVersion((short)k[1]), api.ResponseHeaderVersion((short)k[1]))));
        }
    }

    /// <summary>What may be null has no other default with us, while Kafka gives some of it an empty string, array or struct.</summary>
    private static bool SameDefaults(JsonNode? ours, JsonNode? kafka) => (ours, kafka) switch
    {
        (null, JsonValue value) => value.GetValueKind() == System.Text.Json.JsonValueKind.String && value.GetValue<string>().Length == 0,
        (null, JsonArray { Count: 0 }) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(p => b.ContainsKey(p.Key) && SameDefaults(p.Value, b[p.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(p => SameDefaults(p.First, p.Second)),
        _ => JsonNode.DeepEquals(ours, kafka),
    };

    private static string? Compare(string[] words)
    {
        var version = short.Parse(words[1], CultureInfo.InvariantCulture);
        var codec = MessageCodec.Find(int.Parse(words[0], CultureInfo.InvariantCulture), words[2] == "request");
        var bytes = Convert.FromHexString(words[3]);
        object message;
        try
        {
            message = codec.Read(bytes, version);
        }
        catch (WireFault e)
        {
            return $"{codec} v{version}: {e.Message}\n  Kafka {words[3]} {words[4]}";
        }

        var text = MessageText.Of(message, codec.Schema, version);
        if (!JsonNode.DeepEquals(text, JsonNode.Parse(words[4])))
        {
            return $"{codec} v{version}\n  ours  {text.ToJsonString()}\n  Kafka {words[4]}";
        }

        var again = Convert.ToHexStringLower(codec.Write(message, version, bytes));
        return again == words[3] ? null : $"{codec} v{version}\n  ours  {again}\n  Kafka {words[3]}";
    }

    private static void SkipWithoutKafka() =>
        Assert.SkipUnless(s_kafkaHome is not null && Directory.Exists(Path.Combine(s_kafkaHome, "libs")),
            "KAFKA_HOME does not name a folder with Kafka's jars under libs/");

    private static async Task<string[]> RunPeerAsync(string[] arguments, string input)
    {
        var source = Path.Combine(RepositoryFiles.Root, "tests/Actors.Tests/KafkaWire/KafkaPeer.java");
        var start = new ProcessStartInfo("java")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "-Xmx256m", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", Path.Combine(s_kafkaHome!, "libs/*"), source },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["JAVA_TOOL_OPTIONS"] = "";
        start.StandardOutputEncoding = System.Text.Encoding.UTF8;
        using var peer = Process.Start(start)!;
        var read = peer.StandardOutput.ReadToEndAsync();
        var errors = peer.StandardError.ReadToEndAsync();
        await peer.StandardInput.WriteAsync(input);
        peer.StandardInput.Close();
        var lines = (await read).Split('\n')[..^1]; // an empty line is an empty message
        await peer.WaitForExitAsync();
        Assert.True(peer.ExitCode == 0, await errors);
        return lines;
    }
}
