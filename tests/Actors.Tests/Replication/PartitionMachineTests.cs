using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Replication.Partitions;

namespace Actors.Tests.Replication;

public sealed class PartitionMachineTests
{
    private readonly PartitionMachine _machine = new(PartitionSettings.Alone(1), PartitionRecovery.Empty);
    private Effects<PartitionEffect> _effects;

    [Fact]
    public void A_partition_that_does_not_lead_appends_nothing()
    {
        Propose(Batches.Plain(1));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, OnlyReply().Outcome.Error);
        Assert.Equal(0, _machine.Offsets.LogEnd);
    }

    [Fact]
    public void An_append_is_answered_when_it_is_synced()
    {
        Lead(3);
        Propose(Batches.Plain(5), token: 42);
        var append = Assert.Single(_effects.Items.ToArray());
        Assert.Equal((PartitionEffectKind.Append, 0L, 3, -1L), (append.Kind, append.BaseOffset, append.LeaderEpoch, append.LogAppendTimeMs));

        Step(PartitionInput.Flushed(5, 0));
        Assert.Equal(0, _effects.Count);
        Step(PartitionInput.Flushed(5, 5));
        Assert.Equal([PartitionEffectKind.Reply, PartitionEffectKind.Advanced], Kinds());
        Assert.Equal((42L, 0L, ErrorCode.None), (_effects.Items[0].Token, _effects.Items[0].Outcome.BaseOffset, _effects.Items[0].Outcome.Error));
        Assert.Equal(new PartitionOffsets(0, 5, 5, 5), _effects.Items[1].Offsets);
    }

    [Fact]
    public void With_a_weaker_flush_policy_written_is_enough()
    {
        Lead(1);
        Step(PartitionInput.SettingsChanged(PartitionSettings.Alone(1) with { FlushMessages = long.MaxValue }));
        Propose(Batches.Plain(5));
        Step(PartitionInput.Flushed(5, 0));
        Assert.Equal([PartitionEffectKind.Reply, PartitionEffectKind.Advanced], Kinds());

        // Back to the strong one: what consumers have seen stays seen.
        Step(PartitionInput.SettingsChanged(PartitionSettings.Alone(1)));
        Assert.Equal(5, _machine.Offsets.HighWatermark);
    }

    [Fact]
    public void Acks_zero_is_appended_and_never_answered()
    {
        Lead(1);
        Propose(Batches.Plain(1), acks: AckMode.None);
        Step(PartitionInput.Flushed(1, 1));
        Assert.Equal([PartitionEffectKind.Advanced], Kinds());
    }

    [Fact]
    public void A_caller_with_another_epoch_is_told_so()
    {
        Lead(5);
        Propose(Batches.Plain(1), epoch: 4);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, OnlyReply().Outcome.Error);
        Propose(Batches.Plain(1), epoch: 6);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, OnlyReply().Outcome.Error);
        Assert.Equal(5, OnlyReply().Outcome.LeaderEpoch);
        Propose(Batches.Plain(1), epoch: 5);
        Assert.Equal([PartitionEffectKind.Append], Kinds());
    }

    [Fact]
    public void A_duplicate_waits_like_its_original_and_gets_the_same_offset()
    {
        Lead(1);
        Propose(Batches.Plain(3));
        Propose(Batches.From(9, 0, 0, 2), token: 1);
        Propose(Batches.Plain(1), token: 2);
        Propose(Batches.From(9, 0, 0, 2), token: 3);
        Assert.Equal(0, _effects.Count);
        Step(PartitionInput.Flushed(6, 6));
        var replies = _effects.Items.ToArray().Where(e => e.Kind == PartitionEffectKind.Reply).ToDictionary(e => e.Token, e => e.Outcome);
        Assert.Equal(3, replies[1].BaseOffset);
        Assert.Equal(3, replies[3].BaseOffset);

        Propose(Batches.From(9, 0, 0, 2), token: 4);
        Assert.Equal((ErrorCode.None, 3L), (OnlyReply().Outcome.Error, OnlyReply().Outcome.BaseOffset));
        Assert.Equal(6, _machine.Offsets.LogEnd);
    }

    [Fact]
    public void A_failed_log_answers_everything_with_an_error_and_takes_nothing_more()
    {
        Lead(1);
        Propose(Batches.Plain(3), token: 1);
        Propose(Batches.Plain(3), token: 2, acks: AckMode.Leader);
        Step(PartitionInput.Failed());
        Assert.Equal([PartitionEffectKind.Reply, PartitionEffectKind.Reply, PartitionEffectKind.Advanced], Kinds());
        Assert.All(_effects.Items.ToArray().Take(2), e => Assert.Equal(ErrorCode.KafkaStorageError, e.Outcome.Error));
        Propose(Batches.Plain(1));
        Assert.Equal(ErrorCode.KafkaStorageError, OnlyReply().Outcome.Error);
        Step(PartitionInput.Flushed(6, 6));
        Assert.Equal(0, _machine.Offsets.HighWatermark);
        Assert.False(_machine.Leads);
    }

    [Fact]
    public void A_leader_that_resigns_leaves_no_waiter_behind()
    {
        Lead(1);
        Propose(Batches.Plain(3), token: 1);
        Step(PartitionInput.Resign());
        Assert.Equal(ErrorCode.NotLeaderOrFollower, _effects.Items[0].Outcome.Error);
        Assert.Equal(0, _machine.PendingCount);
    }

    [Fact]
    public void An_epoch_never_goes_back()
    {
        var machine = new PartitionMachine(
            PartitionSettings.Alone(1), new PartitionRecovery { LogStart = 0, LogEnd = 10, SyncedEnd = 10, LastEpoch = 7 });
        machine.Step(PartitionInput.Lead(6), ref _effects);
        Assert.Contains(PartitionEffectKind.Halted, Kinds());
        Assert.False(machine.Leads);
    }

    [Fact]
    public void A_new_leader_shows_what_is_synced_and_later_the_rest()
    {
        var machine = new PartitionMachine(
            PartitionSettings.Alone(1), new PartitionRecovery { LogStart = 2, LogEnd = 10, SyncedEnd = 6, LastEpoch = 7 });
        Assert.Equal(new PartitionOffsets(2, 2, 2, 10), machine.Offsets);
        machine.Step(PartitionInput.Lead(8), ref _effects);
        Assert.Equal(new PartitionOffsets(2, 6, 6, 10), machine.Offsets);
        Assert.Equal(10, machine.EpochStart);
        machine.Step(PartitionInput.Flushed(10, 10), ref _effects);
        Assert.Equal(10, machine.Offsets.HighWatermark);
    }

    [Fact]
    public void The_high_watermark_is_the_least_flushed_end_of_the_in_sync_set()
    {
        var settings = new PartitionSettings { NodeId = 1, Replicas = [1, 2, 3], InSyncReplicas = [1, 2, 3], MinInSyncReplicas = 2 };
        Step(PartitionInput.SettingsChanged(settings));
        Lead(1);
        Propose(Batches.Plain(10), token: 1);
        Propose(Batches.Plain(10), token: 2, acks: AckMode.Leader);
        Step(PartitionInput.Flushed(20, 20));
        Assert.Equal([PartitionEffectKind.Reply], Kinds());
        Assert.Equal(2, _effects.Items[0].Token);
        Step(PartitionInput.FollowerFlushed(2, 15));
        Assert.Equal(0, _machine.Offsets.HighWatermark);
        Step(PartitionInput.FollowerFlushed(3, 8));
        Assert.Equal(8, _machine.Offsets.HighWatermark);
        Step(PartitionInput.SettingsChanged(settings with { InSyncReplicas = [1, 2] }));
        Assert.Equal(15, _machine.Offsets.HighWatermark);
        Assert.Equal(1, _effects.Items[0].Token);

        // Below min.insync.replicas it stands still, and acks=all is refused before anything is appended.
        Step(PartitionInput.SettingsChanged(settings with { InSyncReplicas = [1] }));
        Assert.Equal(15, _machine.Offsets.HighWatermark);
        Propose(Batches.Plain(1));
        Assert.Equal(ErrorCode.NotEnoughReplicas, OnlyReply().Outcome.Error);
    }

    [Fact]
    public void A_topic_of_one_replica_is_writable_whatever_min_insync_says()
    {
        Step(PartitionInput.SettingsChanged(PartitionSettings.Alone(1) with { MinInSyncReplicas = 2 }));
        Lead(1);
        Propose(Batches.Plain(1));
        Step(PartitionInput.Flushed(1, 1));
        Assert.Equal(1, _machine.Offsets.HighWatermark);
    }

    [Fact]
    public void Too_many_waiting_appends_are_refused_with_a_retriable_error()
    {
        Step(PartitionInput.SettingsChanged(PartitionSettings.Alone(1) with { MaxPendingAppends = 2 }));
        Lead(1);
        Propose(Batches.Plain(1));
        Propose(Batches.Plain(1));
        Propose(Batches.Plain(1));
        Assert.Equal(ErrorCode.RequestTimedOut, OnlyReply().Outcome.Error);
        Assert.Equal(2, _machine.Offsets.LogEnd);
    }

    [Fact]
    public void The_append_time_of_a_log_never_goes_back()
    {
        Step(PartitionInput.SettingsChanged(PartitionSettings.Alone(1) with { LogAppendTime = true }));
        Lead(1);
        Propose(Batches.Plain(1), nowMs: 1000);
        Assert.Equal(1000, _effects.Items[0].LogAppendTimeMs);
        Propose(Batches.Plain(1), nowMs: 900);
        Assert.Equal(1000, _effects.Items[0].LogAppendTimeMs);
        Step(PartitionInput.Flushed(2, 2));
        Assert.Equal(1000, _effects.Items[0].Outcome.LogAppendTimeMs);
    }

    [Fact]
    public void Clients_write_no_markers_and_no_transactions_yet()
    {
        Lead(1);
        Propose(Batches.From(1, 0, 0) with { Attributes = BatchAttributes.Control });
        Assert.Equal(ErrorCode.InvalidRecord, OnlyReply().Outcome.Error);
        Propose(Batches.From(1, 0, 0) with { Attributes = BatchAttributes.Transactional });
        Assert.Equal(ErrorCode.InvalidTxnState, OnlyReply().Outcome.Error);
    }

    [Fact]
    public void A_step_allocates_nothing_once_warm()
    {
        Lead(1);
        long end = 0;
        for (var i = 0; i < 200; i++)
        {
            Round(ref end);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Round(ref end);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round(ref long end)
        {
            Propose(Batches.From(9, 0, (int)end, 10), token: end);
            end += 10;
            Step(PartitionInput.Flushed(end, end));
        }
    }

    /// <summary>Random proposals, flushes and resends: every accepted batch is answered once, in order of offset, at its place.</summary>
    [Fact]
    public void Every_accepted_append_is_answered_once_and_only_when_durable()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        Lead(1);
        var waiting = new Dictionary<long, (AckMode Acks, long End)>();
        long token = 0, written = 0, synced = 0;
        for (var i = 0; i < 5000; i++)
        {
            if (random.Next(3) > 0)
            {
                var acks = random.Next(2) == 0 ? AckMode.All : AckMode.Leader;
                var before = _machine.Offsets.LogEnd;
                Propose(Batches.Plain(random.Next(1, 9)), token: ++token, acks: acks);
                Assert.True(_effects.Items[0].BaseOffset == before, $"seed {seed}");
                waiting.Add(token, (acks, _machine.Offsets.LogEnd));
            }
            else
            {
                written = random.NextInt64(written, _machine.Offsets.LogEnd + 1);
                synced = random.NextInt64(synced, written + 1);
                Step(PartitionInput.Flushed(written, synced));
                foreach (var reply in _effects.Items.ToArray().Where(e => e.Kind == PartitionEffectKind.Reply))
                {
                    Assert.True(waiting.Remove(reply.Token, out var was) && was.End <= synced, $"seed {seed}");
                }
            }
        }

        Step(PartitionInput.Flushed(_machine.Offsets.LogEnd, _machine.Offsets.LogEnd));
        Assert.True(_effects.Items.ToArray().Count(e => e.Kind == PartitionEffectKind.Reply) == waiting.Count, $"seed {seed}");
    }

    private void Lead(int epoch) => Step(PartitionInput.Lead(epoch));

    private void Propose(RecordBatchInfo info, int epoch = -1, long token = 0, AckMode acks = AckMode.All, long nowMs = 0) =>
        Step(PartitionInput.Proposed(info, epoch, acks, AppendOrigin.Client, null, token, nowMs));

    private void Step(PartitionInput input)
    {
        _effects.Clear();
        _machine.Step(input, ref _effects);
    }

    private PartitionEffectKind[] Kinds() => _effects.Items.ToArray().Select(e => e.Kind).ToArray();

    private PartitionEffect OnlyReply()
    {
        var reply = Assert.Single(_effects.Items.ToArray());
        Assert.Equal(PartitionEffectKind.Reply, reply.Kind);
        return reply;
    }
}
