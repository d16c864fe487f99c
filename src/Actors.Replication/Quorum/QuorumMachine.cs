using System.Diagnostics;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Producers;

namespace Actors.Replication.Quorum;

/// <summary>What a member of the quorum is at the moment.</summary>
public enum QuorumRole : byte
{
    /// <summary>Knows no leader.</summary>
    Unattached = 0,
    /// <summary>Asks whether it would be elected; its epoch stands (KIP-996).</summary>
    Prospective = 1,
    /// <summary>Stands for election.</summary>
    Candidate = 2,
    /// <summary>Leads.</summary>
    Leader = 3,
}

/// <summary>
/// One member of the quorum that keeps the cluster log, after KRaft (KIP-595, KIP-996). A vote is synced before anything rests on
/// it; a leader's first record is EpochStart; the high watermark moves only past a record of the leader's own epoch. One voter takes
/// the same steps as five: it asks itself, grants itself, and is its own majority. Messages to and from others are declared, and
/// sent once there are others; following a leader is not built yet.
/// </summary>
public sealed partial class QuorumMachine : IMachine<QuorumInput, QuorumEffect>
{
    private readonly QuorumSettings _settings;
    private readonly VoterProgress _voters;
    private QuorumVote _vote;
    private bool _failed;
    private bool _persisting;
    private long _nowMs;
    private long _wallMs;
    private long _electionAtMs = -1;

    /// <summary>A member over a log that was opened and found to hold <paramref name="recovered"/>.</summary>
    public QuorumMachine(QuorumSettings settings, in QuorumRecovery recovered)
    {
        if (recovered.LogStart > recovered.LogEnd || recovered.SyncedEnd > recovered.LogEnd || recovered.HighWatermark > recovered.LogEnd)
        {
            throw new ArgumentException("The ends of the cluster log contradict one another.", nameof(recovered));
        }

        _settings = settings;
        _voters = new VoterProgress(settings);
        _vote = recovered.Vote;
        _logEnd = recovered.LogEnd;
        _syncedEnd = recovered.SyncedEnd;
        _lastAppendTimeMs = recovered.LastAppendTimeMs;
        HighWatermark = recovered.HighWatermark;
        LastEpoch = recovered.LastEpoch;
        Producers = recovered.Producers ?? new ProducerTable();
    }

    /// <summary>The role at the moment.</summary>
    public QuorumRole Role { get; private set; }

    /// <summary>The epoch.</summary>
    public int Epoch => _vote.Epoch;

    /// <summary>The leader, or -1.</summary>
    public int LeaderId { get; private set; } = -1;

    /// <summary>Whether the log failed.</summary>
    public bool HasFailed => _failed;

    /// <summary>Epoch of the last batch, or 0.</summary>
    public int LastEpoch { get; private set; }

    /// <summary>The producers, that is the registered nodes, as of the log's end. They do not expire.</summary>
    public ProducerTable Producers { get; }

    /// <inheritdoc/>
    public void Step(in QuorumInput input, ref Effects<QuorumEffect> effects)
    {
        if (_failed)
        {
            if (input.Kind == QuorumInputKind.Proposed)
            {
                Refuse(input, ErrorCode.KafkaStorageError, ref effects);
            }

            return;
        }

        switch (input.Kind)
        {
            case QuorumInputKind.Tick:
                OnTick(input, ref effects);
                break;
            case QuorumInputKind.Persisted:
                OnPersisted(input.Vote, ref effects);
                break;
            case QuorumInputKind.Proposed:
                Propose(input, ref effects);
                break;
            case QuorumInputKind.Flushed:
                OnFlushed(input.WrittenEnd, input.SyncedEnd, ref effects);
                break;
            case QuorumInputKind.Failed:
                Fail(ref effects);
                break;
            case QuorumInputKind.Resign:
                BecomeUnattached(ref effects);
                break;
            case QuorumInputKind.VoterFlushed:
                _voters.Report(input.NodeId, Math.Min(input.WrittenEnd, _logEnd), input.NowMs);
                Advance(ref effects);
                break;
            case QuorumInputKind.Received:
                break; // with the replication port: one voter hears from nobody
            default:
                Debug.Fail($"a member of the quorum was given {input.Kind}");
                break;
        }

        CheckInvariants();
    }

    private void OnTick(in QuorumInput input, ref Effects<QuorumEffect> effects)
    {
        _nowMs = Math.Max(_nowMs, input.NowMs);
        _wallMs = input.WallMs;
        if (Role == QuorumRole.Leader)
        {
            if (!_voters.MajorityFetchedSince(_nowMs - (_settings.FetchTimeoutMs * 3 / 2)))
            {
                BecomeUnattached(ref effects);
            }

            return;
        }

        if (!_settings.IsVoter || _persisting)
        {
            return;
        }

        if (_electionAtMs < 0)
        {
            // A voter whose own vote decides has nobody to hear from (as in KRaft); others give a leader time to be heard.
            _electionAtMs = _settings.Majority == 1 ? _nowMs : _nowMs + _settings.ElectionTimeoutMs + input.JitterMs;
        }

        if (_nowMs >= _electionAtMs)
        {
            _electionAtMs = _nowMs + _settings.ElectionTimeoutMs + input.JitterMs;
            BecomeProspective(ref effects);
        }
    }

    private void BecomeProspective(ref Effects<QuorumEffect> effects)
    {
        Role = QuorumRole.Prospective;
        _voters.Reset(_nowMs);
        Ask(preVote: true, ref effects);
        if (_voters.Grant(_settings.NodeId))
        {
            BecomeCandidate(ref effects);
        }
    }

    private void BecomeCandidate(ref Effects<QuorumEffect> effects)
    {
        Role = QuorumRole.Candidate;
        _voters.Reset(_nowMs);
        _vote = new QuorumVote(Math.Max(_vote.Epoch, LastEpoch) + 1, _settings.NodeId);
        _persisting = true;
        effects.Add(QuorumEffect.Persist(_vote));
    }

    private void OnPersisted(QuorumVote vote, ref Effects<QuorumEffect> effects)
    {
        if (vote != _vote)
        {
            return; // of a candidacy that was overtaken
        }

        _persisting = false;
        if (Role == QuorumRole.Candidate)
        {
            Ask(preVote: false, ref effects);
            if (_voters.Grant(_settings.NodeId))
            {
                BecomeLeader(ref effects);
            }
        }
    }

    private void BecomeLeader(ref Effects<QuorumEffect> effects)
    {
        Debug.Assert(_vote.VotedFor == _settings.NodeId, "a leader that did not vote for itself");
        Debug.Assert(_vote.Epoch > LastEpoch, "a leader in an epoch that the log has seen");
        Role = QuorumRole.Leader;
        LeaderId = _settings.NodeId;
        _voters.Reset(_nowMs);
        _voters.Report(_settings.NodeId, _syncedEnd, _nowMs);
        _ownEpochStart = _logEnd;
        effects.Add(QuorumEffect.LeadershipChanged(Epoch, LeaderId));
        AppendEpochStart(Math.Max(_lastAppendTimeMs, _wallMs), ref effects);
    }

    private void BecomeUnattached(ref Effects<QuorumEffect> effects)
    {
        if (Role == QuorumRole.Leader)
        {
            RefusePending(ErrorCode.NotLeaderOrFollower, ref effects);
        }

        Role = QuorumRole.Unattached;
        LeaderId = -1;
        _electionAtMs = -1;
        effects.Add(QuorumEffect.LeadershipChanged(Epoch, LeaderId));
    }

    private void Ask(bool preVote, ref Effects<QuorumEffect> effects)
    {
        var epoch = preVote ? Math.Max(_vote.Epoch, LastEpoch) + 1 : _vote.Epoch;
        foreach (var voter in _settings.Voters)
        {
            if (voter != _settings.NodeId)
            {
                effects.Add(QuorumEffect.Send(
                    voter, new QuorumMessage(QuorumMessageKind.Vote, epoch, preVote, Granted: false, LastEpoch, _logEnd, LeaderId)));
            }
        }
    }

    private void Fail(ref Effects<QuorumEffect> effects)
    {
        RefusePending(ErrorCode.KafkaStorageError, ref effects);
        _failed = true;
        Role = QuorumRole.Unattached;
        LeaderId = -1;
        effects.Add(QuorumEffect.LeadershipChanged(Epoch, LeaderId));
    }

    private void Halt(string reason, ref Effects<QuorumEffect> effects)
    {
        effects.Add(QuorumEffect.Halted(reason));
        Fail(ref effects);
    }

    [Conditional("DEBUG")]
    private void CheckInvariants()
    {
        Debug.Assert(HighWatermark <= _logEnd, "the high watermark lies beyond the log end");
        Debug.Assert(_syncedEnd <= _logEnd, "the log is synced beyond its end");
        Debug.Assert(LastEpoch <= Epoch || _failed || Role == QuorumRole.Unattached, "the log holds a batch of a later epoch");
    }
}
