using Actors.Storage;
using Actors.Storage.Formats;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>The commit log's last round: left out where it is not whole, and never without a word.</summary>
public sealed class CommitLogCutTests
{
    private const int Batches = 20;

    [Fact]
    public void A_bit_that_flips_in_the_last_round_is_refused_or_reported_where_anything_is_lost()
    {
        var reported = 0;
        var bits = Killed().Length * 8L;
        for (var bit = 0L; bit < bits; bit += 7)
        {
            var (device, path, start, _) = Killed();
            device.FlipBit(path, (start * 8L) + bit);
            try
            {
                var directory = new TestDirectory(device);
                var end = directory.Open().WrittenEnd;
                Assert.True(end == Batches || directory.Directory.CommitLogCut is not null, $"bit {bit} of the round: {end} records are left");
                reported += directory.Directory.CommitLogCut is null ? 0 : 1;
            }
            catch (StorageCorruptionException)
            {
                // Refused, which is as good.
            }
        }

        Assert.True(reported > 100, $"{reported} cuts were reported");
    }

    [Fact]
    public void A_process_that_dies_between_two_rounds_leaves_nothing_to_report()
    {
        var (device, _, _, _) = Killed();
        var directory = new TestDirectory(device);
        Assert.Null(directory.Directory.CommitLogCut);
        Assert.Equal(Batches, directory.Open().WrittenEnd);
    }

    /// <summary>A process that died with records in the commit log only, and where the last round lies.</summary>
    private static (SimulatedStorageDevice Device, string Path, int Start, int Length) Killed()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device, o => o with { CheckpointMs = long.MaxValue });
        var log = directory.Open();
        Assert.Equal(Batches, directory.Append(log, Batches, valueBytes: 100));
        Assert.True(log.UnwrittenBytes > 0, "the records are not in the commit log alone");
        var seed = CommitLogFormat.Seed(directory.Directory.DirectoryId);
        var last = (Path: "", Start: 0, Round: default(CommitLogRound));
        for (var file = 0; file < 2; file++)
        {
            var path = $"{TestDirectory.Root}/{CommitLogFormat.FileName(file)}";
            var bytes = device.ReadAll(path);
            for (var at = 0; at < bytes.Length; at += CommitLogFormat.Alignment)
            {
                if (CommitLogFormat.TryReadHead(bytes.AsSpan(at), seed, out var round) && round.Sequence > last.Round.Sequence)
                {
                    last = (path, at, round);
                }
            }
        }

        return (device.Kill(), last.Path, last.Start, last.Round.TotalBytes);
    }
}
