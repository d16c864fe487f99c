using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Actors.Model.Znodes;
using Actors.Tests.Net;
using Conformance.Hostile;

namespace Actors.Tests.TreeListener;

/// <summary>
/// Requests that kazoo, zkCli.sh and cli_mt sent, slightly wrong. ACTORS_FUZZ_MINUTES makes the run long, ACTORS_FUZZ_SEED repeats one.
/// </summary>
public sealed class RecordedTrafficTests(ITestOutputHelper output)
{
    private const int Rounds = 1_500;
    private const int MaxFramesPerConnection = 12;
    private const int HandshakeType = 0; // a first frame has its zxid where a request has its type

    [Fact]
    public async Task Mutated_requests_of_real_clients_cost_no_more_than_their_connection()
    {
        var seed = Number("ACTORS_FUZZ_SEED") ?? Environment.TickCount;
        var minutes = Number("ACTORS_FUZZ_MINUTES") ?? 0;
        output.WriteLine($"ACTORS_FUZZ_SEED={seed}");
        var random = new Random(seed);
        var mutator = new FrameMutator(seed);
        var all = Corpus();
        var byType = all.GroupBy(TypeOf).Where(g => g.Key != HandshakeType).Select(g => g.ToArray()).ToArray();
        var handshakes = all.Where(f => TypeOf(f) == HandshakeType).ToArray();
        Assert.True(byType.Length > 15 && handshakes.Length > 0, "the corpus is not whole");
        await using var tree = await TreeHarness.StartAsync();
        var healthy = await tree.ConnectAsync();
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; minutes == 0 ? round < Rounds : Stopwatch.GetElapsedTime(began).TotalMinutes < minutes; round++)
        {
            var (client, connection) = tree.Accept();
            if (random.Next(8) == 0)
            {
                var handshake = Framed(mutator.Mutate(handshakes[random.Next(handshakes.Length)], all[random.Next(all.Length)]));
                client.Raw.Send(handshake.AsSpan(0, random.Next(2) == 0 ? handshake.Length : random.Next(handshake.Length)));
            }
            else
            {
                await client.ConnectAsync(timeoutMs: 500);
            }

            byte[] burst = [];
            for (var i = random.Next(1, MaxFramesPerConnection); i > 0; i--)
            {
                var ofOneType = byType[random.Next(byType.Length)];
                var frame = ofOneType[random.Next(ofOneType.Length)];
                burst = [.. burst, .. Framed(random.Next(4) == 0 ? frame : mutator.Mutate(frame, all[random.Next(all.Length)]))];
            }

            try
            {
                client.Raw.Send(burst);
            }
            catch (IOException)
            {
                // the handshake was refused, and the connection with it
            }

            client.Raw.CloseSending();
            await NetHarness.Until(() => connection.IsClosed);
            Assert.True(tree.Errors.Count == 0, $"seed {seed}, round {round}: {tree.Errors.FirstOrDefault()}");
            if (round % 100 == 0)
            {
                Assert.Equal(TreeErrorCode.Ok, (await healthy.CreateAsync($"/healthy-{round}")).Error);
            }
        }

        Assert.Null(tree.Host.Fault);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static int TypeOf(byte[] frame) => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4));

    private static byte[] Framed(byte[] frame)
    {
        var bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Length);
        frame.CopyTo(bytes, 4);
        return bytes;
    }

    private static byte[][] Corpus()
    {
        using var reader = new StreamReader(typeof(RecordedTrafficTests).Assembly.GetManifestResourceStream("requests.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromHexString)];
    }
}
