using Actors.Abstractions;
using Actors.Grains;
using Actors.Model.Records;
using Actors.Tests.Grains.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using ErrorCode = Actors.Model.ErrorCode;

namespace Actors.Tests.Grains;

public sealed class LogGrainStorageTests(OneSilo silo) : IClassFixture<OneSilo>
{
    private const string StateTopic = "__state.logs";
    private static readonly GrainId s_ann = GrainId.Create("tests.counter", "ann");

    [Fact]
    public async Task A_state_is_there_after_a_restart_and_a_cleared_one_is_not()
    {
        var world = new FakeWorld();
        await using (var before = await GrainsCluster.StartAsync(world: world))
        {
            Assert.Equal(0, await before.Client.GetGrain<ICounterForTests>("ann").GetAsync());
            Assert.Empty(world.Topics);
            Assert.Equal(2, await before.Client.GetGrain<ICounterForTests>("ann").AddAsync(2));
            Assert.Equal(5, await before.Client.GetGrain<ICounterForTests>("ann").AddAsync(3));
            await before.Client.GetGrain<ICounterForTests>("bob").AddAsync(7);
            await before.Client.GetGrain<ICounterForTests>("bob").ClearAsync();
        }

        Assert.Equal([StateTopic], world.Topics.Select(t => t.Name));
        await using var after = await GrainsCluster.StartAsync(world: world);
        Assert.Equal(5, await after.Client.GetGrain<ICounterForTests>("ann").GetAsync());
        Assert.Equal(0, await after.Client.GetGrain<ICounterForTests>("bob").GetAsync());
        Assert.Equal(6, await after.Client.GetGrain<ICounterForTests>("ann").AddAsync(1));
        Assert.Equal(1, await after.Client.GetGrain<ICounterForTests>("bob").AddAsync(1));
    }

    [Fact]
    public async Task A_stale_etag_is_refused_and_nothing_is_written()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s1");
        var mine = new GrainState<Count>(new Count { Value = 1 });
        await storage.WriteStateAsync("count", s_ann, mine);
        var stale = new GrainState<Count>(new Count { Value = 9 }, mine.ETag!);
        mine.State!.Value = 2;
        await storage.WriteStateAsync("count", s_ann, mine);

        var wrong = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("count", s_ann, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("count", s_ann, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("count", s_ann, new GrainState<Count>(new Count())));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("count", GrainId.Create("tests.counter", "none"), new GrainState<Count>(new Count(), "5")));

        Assert.Equal((mine.ETag, stale.ETag), (wrong.StoredEtag, wrong.CurrentEtag));
        Assert.Equal(2, (await ReadAsync(storage, s_ann)).State!.Value);
        Assert.Equal(2, cluster.World.Log("__state.s1").LogEnd);
    }

    [Fact]
    public async Task Of_two_first_writes_at_the_same_time_exactly_one_is_done()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s2");
        await storage.WriteStateAsync("count", GrainId.Create("tests.counter", "other"), new GrainState<Count>(new Count()));
        var log = cluster.World.Log("__state.s2");
        log.Hold();
        var writes = Enumerable.Range(1, 2)
            .Select(i => Task.Run(() => storage.WriteStateAsync("count", s_ann, new GrainState<Count>(new Count { Value = i }))))
            .ToArray();
        await log.WhenHeldAsync();
        log.Release();

        var done = 0;
        foreach (var write in writes)
        {
            try
            {
                await write;
                done++;
            }
            catch (InconsistentStateException)
            {
                // the one that came second
            }
        }

        Assert.Equal(1, done);
        Assert.Equal(2, log.LogEnd);
    }

    [Fact]
    public async Task Writes_of_different_grains_wait_for_the_disk_together()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s3");
        await storage.WriteStateAsync("count", s_ann, new GrainState<Count>(new Count()));
        var log = cluster.World.Log("__state.s3");
        log.Hold();
        var writes = new List<Task>();
        for (var i = 0; i < 50; i++)
        {
            writes.Add(storage.WriteStateAsync("count", GrainId.Create("tests.counter", $"g{i}"), new GrainState<Count>(new Count { Value = i })));
            await log.WhenHeldAsync();
        }

        Assert.All(writes, w => Assert.False(w.IsCompleted));
        log.Release();
        await Task.WhenAll(writes);
        Assert.Equal(49, (await ReadAsync(storage, GrainId.Create("tests.counter", "g49"))).State!.Value);
    }

    [Fact]
    public async Task A_write_that_failed_is_thrown_and_the_log_is_folded_again()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s4");
        var state = new GrainState<Count>(new Count { Value = 1 });
        await storage.WriteStateAsync("count", s_ann, state);
        var etag = state.ETag;
        cluster.World.Log("__state.s4").FailNext(ErrorCode.KafkaStorageError);
        state.State!.Value = 2;

        var thrown = await Assert.ThrowsAsync<LogException>(() => storage.WriteStateAsync("count", s_ann, state));

        Assert.True(thrown.IsOutcomeUnknown);
        Assert.Equal(etag, state.ETag);
        Assert.Equal(1, (await ReadAsync(storage, s_ann)).State!.Value);
        await storage.WriteStateAsync("count", s_ann, state);
        Assert.Equal(2, (await ReadAsync(storage, s_ann)).State!.Value);
    }

    [Fact]
    public async Task A_new_leader_epoch_folds_the_log_again_before_it_decides()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s5");
        var state = new GrainState<Count>(new Count { Value = 1 });
        await storage.WriteStateAsync("count", s_ann, state);
        var key = StateRecords.Key("count", s_ann);
        cluster.World.Log("__state.s5").AppendRaw(StateRecords.Batch(key, null, 0, StateLog.MaxBatchBytes)); // written by another leader
        cluster.World.Lead("__state.s5", 0, leaderId: 1);

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("count", s_ann, state));
        Assert.False((await ReadAsync(storage, s_ann)).RecordExists);
    }

    [Fact]
    public async Task A_damaged_record_is_reported_and_never_read_as_a_state()
    {
        var cluster = silo.Cluster;
        var storage = Storage(cluster, "s6");
        await storage.WriteStateAsync("count", s_ann, new GrainState<Count>(new Count { Value = 1 }));
        cluster.World.Log("__state.s6").Batches[0][^3] ^= 1;

        var thrown = await Assert.ThrowsAsync<LogException>(() => ReadAsync(storage, s_ann));

        Assert.Equal(ErrorCode.CorruptMessage, thrown.Error);
    }

    [Fact]
    public async Task A_state_that_is_too_large_is_refused_before_it_is_written()
    {
        var cluster = silo.Cluster;
        var state = new GrainState<byte[]>(new byte[StateLog.MaxBatchBytes]);

        await Assert.ThrowsAsync<ArgumentException>(() => Storage(cluster, "s7").WriteStateAsync("large", s_ann, state));
    }

    [Fact]
    public async Task A_storage_may_have_its_own_name_and_serializer()
    {
        await using var cluster = await GrainsCluster.StartAsync(configure: silo => silo
            .AddLogGrainStorage("second", o => o.GrainStorageSerializer = new Utf8OfInt32()).AddLogGrainStorage("second"));
        var second = cluster.Services.GetRequiredKeyedService<IGrainStorage>("second");

        await second.WriteStateAsync("n", s_ann, new GrainState<int>(42));

        var batch = cluster.World.Log("__state.second").Batches[0];
        var records = new List<Actors.Model.Records.Record>();
        Actors.Model.Records.Record.ReadAll(batch, 0, records);
        Assert.Equal("01" + Convert.ToHexString("42"u8), Convert.ToHexString(records[0].Value!.Value.Span));
    }

    [Fact]
    public void The_bytes_of_state_records_are_as_they_were_in_version_1()
    {
        var key = StateRecords.Key("count", GrainId.Create("shop.cart", "42"));
        var batch = StateRecords.Batch(key, new byte[] { 1, 2, 3 }, 1700000000000, StateLog.MaxBatchBytes);

        Assert.Equal("010005636F756E74000973686F702E636172743432", Convert.ToHexString(key));
        Assert.Equal(
            "0000000000000000" + "00000051" + "FFFFFFFF" + "02" + Convert.ToHexString(batch.AsSpan(RecordBatch.CrcAt, 4))
            + "0000" + "00000000" + "0000018BCFE56800" + "0000018BCFE56800" + "FFFFFFFFFFFFFFFF" + "FFFF" + "FFFFFFFF" + "00000001"
            + "3E" + "00" + "00" + "00" + "2A" + "010005636F756E74000973686F702E636172743432" + "08" + "01010203" + "00",
            Convert.ToHexString(batch));
    }

    private static IGrainStorage Storage(GrainsCluster cluster, string name) =>
        cluster.Services.GetRequiredKeyedService<IGrainStorage>(name);

    private static async Task<GrainState<Count>> ReadAsync(IGrainStorage storage, GrainId grain)
    {
        var state = new GrainState<Count>();
        await storage.ReadStateAsync("count", grain, state);
        return state;
    }

    private sealed class Utf8OfInt32 : IGrainStorageSerializer
    {
        public BinaryData Serialize<T>(T? input) => new(System.Text.Encoding.UTF8.GetBytes(input!.ToString()!));

        public T? Deserialize<T>(BinaryData input) => (T)(object)int.Parse(input.ToString(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
