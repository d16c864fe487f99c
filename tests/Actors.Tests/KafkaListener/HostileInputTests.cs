using System.Buffers.Binary;
using System.Collections.Concurrent;
using Actors.Kafka.Wire;
using Actors.Tests.Model;
using Actors.Tests.Net;
using Microsoft.Extensions.Logging;

namespace Actors.Tests.KafkaListener;

/// <summary>
/// Bad bytes end their own connection and nothing else. A fault of ours would be logged as an error: there must be none.
/// </summary>
public sealed class HostileInputTests
{
    [Fact]
    public async Task Every_frame_of_the_corpus_is_answered_when_it_is_whole()
    {
        using var log = new ErrorLog();
        await using var kafka = Start(log);
        foreach (var frame in RequestCorpus.Frames(kafka.Node))
        {
            var client = kafka.Connect();
            client.Raw.Send(frame);
            if (BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(4)) != 0 || !IsAcks0(frame))
            {
                var answer = await client.ReceiveFrame();
                Assert.Equal(frame[8..12], answer[..4]);
            }

            Assert.False(client.Connection.IsClosed);
        }

        Assert.Empty(log.Errors);

        static bool IsAcks0(byte[] frame) => frame.AsSpan().IndexOf(new byte[] { 0, 0, 0, 0, 0x75, 0x30 }) > 0;
    }

    /// <summary>ACTORS_FUZZ_MINUTES=N goes on for that long, ACTORS_FUZZ_SEED=N repeats the round that a failure names.</summary>
    [Fact]
    public async Task Mutated_frames_never_cost_more_than_their_connection()
    {
        var budget = new FuzzBudget();
        long firstBytes = 0;
        for (var (round, seed) = (0, budget.Seed); round == 0 || !budget.IsOver; round++, seed++)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"ACTORS_FUZZ_SEED={seed}");
            await FuzzAsync(seed);
            if (budget.IsLong)
            {
                var bytes = GC.GetTotalMemory(forceFullCollection: true);
                firstBytes = round == 0 ? bytes : firstBytes;
                Assert.True(bytes < firstBytes + FuzzBudget.MaxGrowthBytes, $"round {round}, seed {seed}: {bytes} bytes, {firstBytes} after the first");
            }
        }
    }

    private static async Task FuzzAsync(int seed)
    {
        using var log = new ErrorLog();
        await using var kafka = Start(log);
        var frames = RequestCorpus.Frames(kafka.Node);
        var random = new Random(seed);
        var healthy = kafka.Connect();
        for (var i = 0; i < FuzzBudget.FramesPerRound; i++)
        {
            var frame = Mutate(frames[random.Next(frames.Count)], random, frames);
            var client = kafka.Connect();
            client.Raw.Send(frame.AsSpan(0, random.Next(8) == 0 ? random.Next(frame.Length) : frame.Length));
            client.Raw.CloseSending();
            await NetHarness.Until(() => client.Connection.IsClosed);
            Assert.True(log.Errors.IsEmpty, $"ACTORS_FUZZ_SEED={seed}, {Convert.ToHexString(frame)}: {log.Errors.FirstOrDefault()}");
            if (i % 100 == 0)
            {
                kafka.Node.With("healthy");
                Assert.Equal(0, (await healthy.Produce("healthy", 0, BatchBytes.Of("a"))).Responses[0].PartitionResponses[0].ErrorCode);
            }
        }

        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
        Assert.Equal(1, kafka.Listener.Connections.OpenCount);
    }

    [Fact]
    public async Task Noise_closes_the_connection_or_waits_for_the_rest_of_a_frame()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        using var log = new ErrorLog();
        await using var kafka = Start(log);
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var noise = new byte[random.Next(1, 2_000)];
            random.NextBytes(noise);
            var client = kafka.Connect();
            client.Raw.Send(noise);
            client.Raw.CloseSending();
            await NetHarness.Until(() => client.Connection.IsClosed);
        }

        Assert.Empty(log.Errors);
        await NetHarness.Until(() => kafka.Pool.RentedBytes == 0);
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(0, 3)]
    [InlineData(1, 12)]
    [InlineData(3, 9)]
    [InlineData(19, 7)]
    public async Task A_count_far_beyond_the_frame_closes_the_connection(short key, short version)
    {
        await using var kafka = Start(null);
        KafkaApis.TryGet(key, out var api);
        using var writer = new KafkaWriter();
        var mark = writer.BeginFrame();
        RequestHeader.Write(writer, api, version, 1, "a");
        writer.WriteRaw(key switch
        {
            0 => version >= 9 ? [0, 0, 1, 0, 0, 0, 1] : [0xff, 0xff, 0, 1, 0, 0, 0, 1],
            1 => [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            _ => [],
        });
        writer.WriteRaw(version >= 9 || (key == 19 && version >= 5) ? [0xff, 0xff, 0xff, 0xff, 0x07] : [0x7f, 0xff, 0xff, 0xff]);
        writer.EndFrame(mark);
        var client = kafka.Connect();
        client.Raw.Send(writer.WrittenSpan);
        await client.WaitForClose();
    }

    [Fact]
    public async Task Frames_of_the_largest_length_are_received_only_as_they_come()
    {
        await using var kafka = Start(null);
        var clients = Enumerable.Range(0, 50).Select(_ => kafka.Connect()).ToArray();
        foreach (var client in clients)
        {
            client.Raw.Send([0x06, 0x40, 0x00, 0x00, 0, 0, 0, 9]); // 100 MiB are announced, four bytes come
        }

        await NetHarness.Until(() => clients.All(c => c.Connection.Describe().BytesIn == 8));
        Assert.True(kafka.Pool.RentedBytes < 64 << 20, $"{kafka.Pool.RentedBytes} bytes are rented for 400 bytes received");
    }

    private static KafkaHarness Start(ErrorLog? log)
    {
        var kafka = new KafkaHarness(loggers: log);
        kafka.Node.With("orders", 3);
        kafka.Node["orders", 0].Fill(BatchBytes.OfSize(5, 100));
        return kafka;
    }

    private static byte[] Mutate(byte[] original, Random random, IReadOnlyList<byte[]> frames)
    {
        var frame = original.ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(4, frame.Length);
            switch (random.Next(7))
            {
                case 0:
                    frame[at] = (byte)random.Next(256);
                    break;
                case 1:
                    frame[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    byte[] extremes = [0x7f, 0x80, 0xff, 0x00];
                    frame.AsSpan(at, Math.Min(random.Next(1, 9), frame.Length - at)).Fill(extremes[random.Next(4)]);
                    break;
                case 3:
                    frame = frame[..at];
                    break;
                case 4:
                    var more = new byte[random.Next(1, 40)];
                    random.NextBytes(more);
                    frame = [.. frame.AsSpan(0, at), .. more, .. frame.AsSpan(at)];
                    break;
                case 5:
                    var other = frames[random.Next(frames.Count)];
                    frame = [.. frame.AsSpan(0, at), .. other.AsSpan(random.Next(4, other.Length))];
                    break;
                default:
                    BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), (short)random.Next(80)); // another API, same bytes
                    break;
            }

            if (frame.Length <= 8)
            {
                break;
            }
        }

        if (random.Next(10) > 0)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        }

        return frame;
    }

    private sealed class ErrorLog : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Errors { get; } = new();
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;
        public ILogger CreateLogger(string categoryName) => this;
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Errors.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
