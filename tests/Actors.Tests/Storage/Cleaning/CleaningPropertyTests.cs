using System.Globalization;
using Actors.Model.Records;
using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage.Cleaning;

/// <summary>Random appends, tombstones, cleanings, reopenings and crashes against a model that is a dictionary.</summary>
public sealed class CleaningPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(Start, 12)];

    private static int Start => int.Parse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED") ?? "1", CultureInfo.InvariantCulture);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_newest_record_of_every_key_is_found_and_no_deleted_key_comes_back(int seed)
    {
        for (var sub = 0; sub < 5; sub++)
        {
            await RunAsync((seed * 1000) + sub);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var device = new SimulatedStorageDevice();
        var config = CompactedLog.Config with
        {
            SegmentBytes = random.Next(800, 8000), MinCleanableDirtyRatio = random.Next(3) * 0.3, DeleteRetentionMs = random.Next(3) * 20_000,
        };
        Func<LogDirectoryOptions, LogDirectoryOptions> change = o => o with
        {
            CleanerMapBytes = random.Next(2) == 0 ? 1 : 1 << 20, CommitLogBytes = random.Next(2) * 32 * 1024, PartitionTailBytes = 2000,
        };
        var keys = random.Next(4) == 0 ? 300 : random.Next(3, 30);
        var producers = random.Next(2) * 5;
        var log = new CompactedLog(device, config, null, change, producers);
        for (var step = 0; step < 40; step++)
        {
            var context = $"seed {seed}, step {step}";
            switch (random.Next(10))
            {
                case 0 when random.Next(2) == 0:
                    log.Directory.Directory.CloseClean();
                    log = new CompactedLog(device, config, new(log.Appended), change, producers, log.NowMs);
                    await log.CheckAsync(context);
                    break;
                case 0:
                    device = random.Next(2) == 0 ? device.Crash(random.Next()) : device.Kill();
                    log = new CompactedLog(device, config, new(log.Appended), change, producers, log.NowMs);
                    await log.CheckAsync(context);
                    break;
                case 1 or 2:
                    log.Clean();
                    await log.CheckAsync(context);
                    break;
                case 3:
                    log.Directory.Time.Advance(TimeSpan.FromSeconds(random.Next(60)));
                    break;
                default:
                    for (var n = random.Next(1, 12); n > 0; n--)
                    {
                        log.Append(
                            (CompressionCodec)random.Next(5),
                            [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => ($"key-{random.Next(keys)}", Value(random)))]);
                    }

                    break;
            }
        }

        log.Clean();
        await log.CheckAsync($"seed {seed}, at the end");
    }

    private static string? Value(Random random) => random.Next(6) == 0 ? null : new string((char)('a' + random.Next(26)), random.Next(1, 120));
}
