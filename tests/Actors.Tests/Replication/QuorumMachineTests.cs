using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Replication.Quorum;

namespace Actors.Tests.Replication;

public sealed class QuorumMachineTests
{
    private static readonly QuorumSettings s_alone = new() { NodeId = 1, Voters = [1] };
    private Effects<QuorumEffect> _effects;

    [Fact]
    public void A_single_voter_elects_itself_but_not_before_its_vote_is_synced()
    {
        var machine = Create();
        Step(machine, QuorumInput.Tick(0, 1000, 5));
        Assert.Equal([QuorumEffectKind.Persist], Kinds());
        Assert.Equal(new QuorumVote(1, 1), _effects.Items[0].Vote);
        Assert.Equal(QuorumRole.Candidate, machine.Role);
        Step(machine, QuorumInput.Proposed(Batches.Plain(1), null, 1, 1000));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, _effects.Items[0].Outcome.Error);

        Step(machine, QuorumInput.Persisted(new QuorumVote(1, 1)));
        Assert.Equal([QuorumEffectKind.LeadershipChanged, QuorumEffectKind.AppendEpochStart], Kinds());
        Assert.Equal((0L, 1, 1000L), (_effects.Items[1].Offset, _effects.Items[1].Epoch, _effects.Items[1].AppendTimeMs));
    }

    [Fact]
    public void Old_records_are_committed_only_by_one_of_the_leaders_own_epoch()
    {
        var machine = Create(new QuorumRecovery
        {
            Vote = new QuorumVote(4, 1), LogStart = 0, LogEnd = 10, SyncedEnd = 10, LastEpoch = 4, HighWatermark = 3,
        });
        Elect(machine);
        Assert.Equal(5, machine.Epoch);
        Assert.Equal(3, machine.HighWatermark);
        Step(machine, QuorumInput.Flushed(11, 10));
        Assert.Equal(3, machine.HighWatermark);
        Step(machine, QuorumInput.Flushed(11, 11));
        Assert.Equal(11, machine.HighWatermark);
        Assert.Equal([QuorumEffectKind.Advanced], Kinds());
    }

    [Fact]
    public void The_epoch_exceeds_both_the_vote_and_the_log()
    {
        var machine = Create(new QuorumRecovery
        {
            Vote = QuorumVote.Initial, LogStart = 0, LogEnd = 10, SyncedEnd = 10, LastEpoch = 7, HighWatermark = 0,
        });
        Elect(machine);
        Assert.Equal(8, machine.Epoch);
    }

    [Fact]
    public void A_resend_of_a_nodes_commands_is_not_appended_again()
    {
        var machine = Create();
        Elect(machine);
        Step(machine, QuorumInput.Proposed(Batches.From(0, 0, 0, 3), new Waiter(), 1, 5));
        Assert.Equal((QuorumEffectKind.Append, 1L), (_effects.Items[0].Kind, _effects.Items[0].Offset));
        Step(machine, QuorumInput.Proposed(Batches.From(0, 0, 0, 3), new Waiter(), 2, 5));
        Assert.Equal(0, _effects.Count);
        Step(machine, QuorumInput.Proposed(Batches.From(0, 0, 5, 1), new Waiter(), 3, 5));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _effects.Items[0].Outcome.Error);
        Step(machine, QuorumInput.Flushed(4, 4));
        Assert.Equal([QuorumEffectKind.Advanced, QuorumEffectKind.Reply, QuorumEffectKind.Reply], Kinds());
        Assert.Equal(1, _effects.Items[1].Outcome.BaseOffset);
        Assert.Equal(1, _effects.Items[2].Outcome.BaseOffset);
        Assert.Equal(4, machine.LogEnd);
    }

    [Fact]
    public void Near_the_end_of_a_zxid_epoch_the_leader_begins_another_one()
    {
        var machine = new QuorumMachine(s_alone with { MaxZxidCounter = 10 }, Empty());
        Elect(machine);
        Step(machine, QuorumInput.Proposed(Batches.Plain(10), null, 0, 0));
        Assert.Equal([QuorumEffectKind.Append], Kinds());
        Step(machine, QuorumInput.Proposed(Batches.Plain(10), null, 0, 0));
        Assert.Equal([QuorumEffectKind.AppendEpochStart, QuorumEffectKind.Append], Kinds());
        Assert.Equal((11L, 12L, 1), (_effects.Items[0].Offset, _effects.Items[1].Offset, machine.Epoch));
    }

    [Fact]
    public void Time_in_the_log_never_goes_back()
    {
        var machine = Create();
        Elect(machine);
        Step(machine, QuorumInput.Proposed(Batches.Plain(1), null, 0, 5000));
        Step(machine, QuorumInput.Proposed(Batches.Plain(1), null, 0, 4000));
        Assert.Equal(5000, _effects.Items[0].AppendTimeMs);
    }

    [Fact]
    public void Of_three_voters_one_alone_is_no_majority()
    {
        var machine = new QuorumMachine(new QuorumSettings { NodeId = 1, Voters = [1, 2, 3] }, Empty());
        Step(machine, QuorumInput.Tick(0, 0, 100));
        Assert.Equal(0, _effects.Count);
        Step(machine, QuorumInput.Tick(1099, 0, 100));
        Assert.Equal(0, _effects.Count);
        Step(machine, QuorumInput.Tick(1100, 0, 100));
        Assert.Equal([QuorumEffectKind.Send, QuorumEffectKind.Send], Kinds());
        Assert.True(_effects.Items[0].Message.PreVote);
        Assert.Equal((QuorumRole.Prospective, 0), (machine.Role, machine.Epoch));
    }

    [Fact]
    public void A_failed_log_ends_the_lead_and_answers_everything()
    {
        var machine = Create();
        Elect(machine);
        Step(machine, QuorumInput.Proposed(Batches.Plain(1), new Waiter(), 1, 0));
        Step(machine, QuorumInput.Failed());
        Assert.Equal([QuorumEffectKind.Reply, QuorumEffectKind.LeadershipChanged], Kinds());
        Assert.Equal(ErrorCode.KafkaStorageError, _effects.Items[0].Outcome.Error);
        Step(machine, QuorumInput.Proposed(Batches.Plain(1), new Waiter(), 1, 0));
        Assert.Equal(ErrorCode.KafkaStorageError, _effects.Items[0].Outcome.Error);
        Step(machine, QuorumInput.Tick(99999, 0, 0));
        Assert.Equal(0, _effects.Count);
    }

    private static QuorumRecovery Empty() => new()
    {
        Vote = QuorumVote.Initial, LogStart = 0, LogEnd = 0, SyncedEnd = 0, LastEpoch = 0, HighWatermark = 0,
    };

    private static QuorumMachine Create(QuorumRecovery? recovered = null) => new(s_alone, recovered ?? Empty());

    private void Elect(QuorumMachine machine)
    {
        Step(machine, QuorumInput.Tick(0, 0, 0));
        Step(machine, QuorumInput.Persisted(_effects.Items[0].Vote));
        Assert.Equal(QuorumRole.Leader, machine.Role);
    }

    private void Step(QuorumMachine machine, QuorumInput input)
    {
        _effects.Clear();
        machine.Step(input, ref _effects);
    }

    private QuorumEffectKind[] Kinds() => _effects.Items.ToArray().Select(e => e.Kind).ToArray();

    private sealed class Waiter : IAppendWaiter
    {
        public bool OnAppended(long token, in AppendOutcome outcome) => false;

        public void Wake()
        {
        }
    }
}
