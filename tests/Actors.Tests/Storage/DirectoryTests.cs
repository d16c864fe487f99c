using Actors.Storage;
using Simulation.Fakes;

namespace Actors.Tests.Storage;

public sealed class DirectoryTests
{
    [Fact]
    public void Only_one_process_uses_a_directory()
    {
        var device = new SimulatedStorageDevice();
        _ = new TestDirectory(device);
        var refused = Assert.Throws<Actors.Storage.Devices.StorageException>(() => new TestDirectory(device));
        Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_register_names_every_log_without_a_look_at_the_folders()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        for (var p = 0; p < 50; p++)
        {
            directory.Append(directory.Open(p), 1);
        }

        directory.Open(50);
        directory.Directory.CloseClean();
        var calls = new List<string>();
        device.Faults = (call, path) =>
        {
            calls.Add($"{call} {path}");
            return 0;
        };
        var after = new TestDirectory(device);
        Assert.DoesNotContain(calls, c => c.StartsWith("readdir", StringComparison.Ordinal) || c.Contains("orders-", StringComparison.Ordinal));
        var logs = after.Directory.ListLogs();
        Assert.Equal(Enumerable.Range(0, 51), logs.Select(l => l.Identity.Id.Partition));
        Assert.All(logs.Take(50), l => Assert.True(l is { SizeBytes: > 60, IsOpen: false }));
        Assert.Equal(logs[3].SizeBytes, after.Directory.GetSizeBytes(logs[3].Identity.Id));
        Assert.Equal(-1, after.Directory.GetSizeBytes(TestDirectory.Identity(99).Id));
    }

    [Fact]
    public void A_deleted_log_is_gone_and_its_name_is_free_for_another_topic_id()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        directory.Append(directory.Open(), 20);
        directory.Directory.DeleteLog(TestDirectory.Identity().Id);
        Assert.DoesNotContain(device.ListFiles(), f => f.Contains("orders-0", StringComparison.Ordinal));
        Assert.Empty(directory.Directory.ListLogs());

        var other = directory.Directory.OpenLog(TestDirectory.Identity(id: Guid.NewGuid()), new LogConfig()).Log!;
        Assert.Equal(0, other.WrittenEnd);
        Assert.Equal(5, directory.Append(other, 5));
        device = device.Crash(1);
        var listed = Assert.Single(new TestDirectory(device).Directory.ListLogs());
        Assert.Equal(other.Id, listed.Identity.Id);
    }

    [Fact]
    public void A_deletion_that_a_crash_interrupts_is_finished_by_the_next_opening()
    {
        for (var calls = 0; calls < 40; calls++)
        {
            var device = new SimulatedStorageDevice();
            var directory = new TestDirectory(device);
            directory.Append(directory.Open(), 20);
            directory.Directory.Checkpoint();
            var left = calls;
            device.Faults = (_, _) => --left < 0 ? 5 : 0;
            try
            {
                directory.Directory.DeleteLog(TestDirectory.Identity().Id);
            }
            catch (Actors.Storage.Devices.StorageException)
            {
                // the crash
            }

            device.Faults = null;
            var after = new TestDirectory(device.Kill());
            if (after.Directory.ListLogs().Count == 0)
            {
                Assert.DoesNotContain(((SimulatedStorageDevice)after.Device).ListFiles(), f => f.Contains("orders-0", StringComparison.Ordinal));
            }
            else
            {
                Assert.Equal(20, after.Open().WrittenEnd);
            }
        }
    }

    [Fact]
    public void A_folder_that_is_nobodys_is_kept_as_stray()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        device.CreateDirectory($"{TestDirectory.Root}/orders-0");
        device.WriteAll(TestDirectory.File("something"), [1]);
        Assert.Equal(3, directory.Append(directory.Open(), 3));
        Assert.Contains(device.ListFiles(), f => f.EndsWith("-stray/something", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_set_aside_keeps_its_bytes_and_leaves_the_register()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        directory.Append(directory.Open(), 20);
        directory.Directory.SetAside(TestDirectory.Identity().Id);
        Assert.Empty(directory.Directory.ListLogs());
        var kept = device.ListFiles().Single(f => f.Contains("-stray/", StringComparison.Ordinal) && f.EndsWith(".log", StringComparison.Ordinal));
        Assert.True(device.ReadAll(kept).Length > 20 * 60);
        Assert.Equal(0, directory.Open().WrittenEnd);
    }

    [Fact]
    public void Two_topics_cannot_have_one_folder()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        directory.Append(directory.Open(), 1);
        var refusal = directory.Directory.OpenLog(TestDirectory.Identity(id: Guid.NewGuid()), new LogConfig()).Refusal;
        Assert.Contains("belongs to topic id", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_log_holds_no_handle_and_no_tail_and_works_on_when_it_is_used()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var logs = Enumerable.Range(0, 10).Select(p => directory.Open(p)).ToArray();
        foreach (var log in logs)
        {
            directory.Append(log, 3, valueBytes: 300);
        }

        directory.Time.Advance(TimeSpan.FromSeconds(6));
        directory.Directory.RunRound();
        directory.Time.Advance(TimeSpan.FromMinutes(2));
        directory.Directory.RunRound();
        Assert.All(logs, l => Assert.True(l.IsDormant && l.Segments.All(s => !s.HasFile)));
        Assert.Equal(0, directory.Directory.Tails.HeldBytes);
        Assert.Equal(0, directory.Leases.RentedBytes);
        Assert.Equal(3, (await TestDirectory.ReadAll(logs[4])).Count);
        Assert.Equal(5, directory.Append(logs[4], 2));
        Assert.Equal(5, (await TestDirectory.ReadAll(logs[4])).Count);
    }

    [Fact]
    public void A_damaged_register_or_checkpoint_refuses_to_open_and_is_not_touched()
    {
        foreach (var name in new[] { "directory.register", "directory.checkpoint" })
        {
            var device = new SimulatedStorageDevice();
            var directory = new TestDirectory(device);
            directory.Append(directory.Open(), 3);
            directory.Directory.Checkpoint();
            directory.Append(directory.Open(1), 3);
            device = device.Kill();
            var path = $"{TestDirectory.Root}/{name}";
            device.FlipBit(path, 35 * 8);
            var before = device.ReadAll(path);
            Assert.Contains(name, Assert.Throws<StorageCorruptionException>(() => new TestDirectory(device)).Message, StringComparison.Ordinal);
            Assert.Equal(before, device.ReadAll(path));
        }
    }

    [Fact]
    public void Without_a_checkpoint_file_every_log_is_read_whole()
    {
        var device = new SimulatedStorageDevice();
        var directory = new TestDirectory(device);
        directory.Append(directory.Open(config: new LogConfig { SegmentBytes = 1000 }), 30, producerId: 4);
        directory.Directory.Checkpoint();
        device = device.Kill();
        device.DeleteFile($"{TestDirectory.Root}/directory.checkpoint");
        var log = new TestDirectory(device).Open();
        Assert.Equal(30, log.WrittenEnd);
        Assert.True(log.Producers.TryGet(4, out _));
    }

    [Fact]
    public void Posted_work_runs_in_order_with_batches()
    {
        var directory = new TestDirectory(new SimulatedStorageDevice());
        var log = directory.Open();
        var seen = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            directory.Submit(log, Batches.Make(i));
            directory.Directory.Post(() => seen.Add(log.WrittenEnd));
        }

        directory.Directory.RunRound();
        Assert.Equal([1, 2, 3], seen);
    }
}
