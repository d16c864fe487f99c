using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Actors.Storage;
using Actors.Storage.Formats;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

/// <summary>
/// Every file of a log directory, byte for byte: segments, indexes, snapshot, epochs, metadata, register, checkpoint and commit log.
/// A change of one of them is a change of the format on disk, to be made on purpose: run with ACTORS_GOLDEN=write, and mind what older
/// directories hold.
/// </summary>
public sealed class GoldenTests
{
    private const int LineBytes = 32;
    private const string Current = "directory.v3.txt";

    private static readonly LogConfig s_config = new() { SegmentBytes = 700, IndexIntervalBytes = 100 };

    [Fact]
    public void Files_are_written_byte_for_byte_as_ever()
    {
        var dump = Dump(Write());
        if (Environment.GetEnvironmentVariable("ACTORS_GOLDEN") == "write")
        {
            File.WriteAllText(GoldenPath(Current), dump);
        }

        Assert.Equal(File.ReadAllText(GoldenPath(Current)), dump);
    }

    [Theory]
    [InlineData("directory.v1.txt")]
    [InlineData("directory.v2.txt")]
    [InlineData(Current)]
    public async Task Files_written_by_an_earlier_version_are_read(string golden)
    {
        var directory = new TestDirectory(Load(File.ReadAllLines(GoldenPath(golden))), o => o with { CommitLogBytes = 4096 });
        var log = directory.Open(config: s_config);
        Assert.Equal(12, log.WrittenEnd);
        Assert.Equal(11, (await TestDirectory.ReadAll(log)).Count);
        Assert.Equal([new EpochStart(1, 0), new EpochStart(4, 7)], log.Epochs.Entries);
        Assert.True(log.Producers.TryGet(42, out var producer));
        Assert.Equal((5, 8), (producer.BatchCount, producer.LastSequence));
        Assert.Equal(2, directory.Open(1).WrittenEnd);
        Assert.Empty(directory.Directory.Cuts);
    }

    /// <summary>Two logs, a checkpoint between, the last rounds in the commit log only, and a process that dies.</summary>
    private static SimulatedStorageDevice Write()
    {
        var device = new SimulatedStorageDevice();
        device.CreateDirectory(TestDirectory.Root);
        device.WriteAll($"{TestDirectory.Root}/{RegisterFormat.FileName}", RegisterFormat.WriteHeader(new Guid("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")));
        var directory = new TestDirectory(device, o => o with { CommitLogBytes = 4096 });
        var log = directory.Open(config: s_config);
        var other = directory.Open(1);
        directory.Append(other, 1);
        for (var i = 0; i < 9; i++)
        {
            directory.Submit(log, Batches.Make(i, 1, 20 + i, epoch: i < 7 ? 1 : 4, timestampMs: 1_700_000_000_000 + (i * 1000), producerId: 42, sequence: i));
            directory.Directory.RunRound();
        }

        directory.Directory.Checkpoint();
        directory.Submit(log, Batches.Make(9, 2, 5, epoch: 4));
        directory.Submit(other, Batches.Make(1));
        directory.Directory.RunRound();
        directory.Append(log, 1, epoch: 4);
        return device.Kill();
    }

    private static string Dump(SimulatedStorageDevice device)
    {
        var text = new StringBuilder();
        foreach (var path in device.ListFiles())
        {
            var bytes = device.ReadAll(path);
            text.Append(CultureInfo.InvariantCulture, $"{path} {bytes.Length}\n");
            for (var at = 0; at < bytes.Length; at += LineBytes)
            {
                var line = bytes.AsSpan(at, Math.Min(LineBytes, bytes.Length - at));
                if (line.ContainsAnyExcept((byte)0))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{at:x8} {Convert.ToHexStringLower(line)}\n");
                }
            }
        }

        return text.ToString();
    }

    private static SimulatedStorageDevice Load(string[] lines)
    {
        var device = new SimulatedStorageDevice();
        var files = new Dictionary<string, byte[]>();
        var current = "";
        foreach (var line in lines)
        {
            var words = line.Split(' ');
            if (line.StartsWith('/'))
            {
                current = words[0];
                files.Add(current, new byte[int.Parse(words[1], CultureInfo.InvariantCulture)]);
            }
            else
            {
                Convert.FromHexString(words[1]).CopyTo(files[current], int.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            }
        }

        foreach (var (path, bytes) in files)
        {
            device.CreateDirectory(Path.GetDirectoryName(path)!);
            device.WriteAll(path, bytes);
        }

        return device;
    }

    private static string GoldenPath(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
}
