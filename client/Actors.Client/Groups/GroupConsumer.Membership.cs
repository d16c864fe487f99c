using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// The member's life: enters a generation, reads and sends heartbeats until something ends it, gives its partitions up, enters the next
/// one. One task; callbacks run in it, while nothing is being handled.
/// </summary>
public sealed partial class GroupConsumer
{
    /// <summary>How long a heartbeat that had no answer waits before the next one, at most: 250 ms.</summary>
    private static readonly TimeSpan s_beatAgain = TimeSpan.FromMilliseconds(250);

    private long _lastBeat;
    private Task _autoCommit = Task.CompletedTask;

    private enum Ending
    {
        /// <summary>The group shares out anew: finish, commit, join again.</summary>
        Rebalance,
        /// <summary>Others have the partitions already.</summary>
        Lost,
        /// <summary>The reader has handled something for too long, or nobody reads.</summary>
        Overdue,
        /// <summary>It is disposed, or something failed.</summary>
        Stop,
    }

    private async Task RunAsync()
    {
        var reason = "joining";
        try
        {
            while (_failure is null)
            {
                var generation = await _member.EnterAsync(reason, _stop.Token).ConfigureAwait(false);
                var ending = await ServeAsync(generation).ConfigureAwait(false);
                if (ending == Ending.Stop)
                {
                    break;
                }

                reason = ending.ToString();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // disposed while it joined, or longer at its end than it may be
        }
        catch (Exception e) // whoever reads is told
        {
            Fail(e);
        }

        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        try
        {
            if (_options.InstanceId is null)
            {
                await _member.LeaveAsync("closed", _abort.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) // a farewell: the group finds out by the session timeout
        {
            LogFarewell(_logger, GroupId, e.Message);
        }
        finally
        {
            _readerWakes.Raise();
        }
    }

    private async Task<Ending> ServeAsync(GroupGeneration generation)
    {
        var assignment = new Assignment(this, generation, _options.MaxBufferedReads);
        _lastBeat = _time.GetTimestamp();
        Set(assignment);
        try
        {
            await TellAsync(_options.PartitionsAssigned, assignment).ConfigureAwait(false);
            assignment.Start(FetchAsync, Fail);
            _readerWakes.Raise();
            var ending = await LiveAsync(assignment).ConfigureAwait(false);
            return await GiveUpAsync(assignment, ending).ConfigureAwait(false);
        }
        finally
        {
            End(assignment, isLost: true);
            await assignment.StopAsync().ConfigureAwait(false);
            Set(null);
        }
    }

    private async Task<Ending> LiveAsync(Assignment assignment)
    {
        var lastCommit = _time.GetTimestamp();
        var lastLook = lastCommit;
        _autoCommit = Task.CompletedTask;
        while (true)
        {
            var wake = _loopWakes.Next;
            if (_stop.IsCancellationRequested || _failure is not null)
            {
                return Ending.Stop;
            }

            if (IsOverdue())
            {
                return Ending.Overdue;
            }

            if (IsDue(_lastBeat, _options.HeartbeatInterval) && await BeatAsync(assignment).ConfigureAwait(false) is { } ending)
            {
                return ending;
            }

            if (_autoCommit.IsCompleted && IsDue(lastCommit, _options.AutoCommitInterval))
            {
                // Beside the heartbeats: a commit that takes long must not cost the session.
                _autoCommit = CommitBesideAsync(assignment);
                lastCommit = _time.GetTimestamp();
            }

            if (assignment.Generation.Topics is { } topics && IsDue(lastLook, LookInterval(topics)))
            {
                lastLook = _time.GetTimestamp();
                var counting = _member.CountPartitionsAsync(topics, _abort.Token);
                await AliveAsync(counting, assignment).ConfigureAwait(false);
                var now = await counting.ConfigureAwait(false);
                if (topics.Any(t => now[t.Key] != t.Value))
                {
                    LogTopicsChanged(_logger, GroupId);
                    return Ending.Rebalance; // the leader joins, and so begins one
                }
            }

            await WaitAsync(wake, UntilNextBeat()).ConfigureAwait(false);
        }
    }

    /// <summary>From the last record on: nothing more is given out; what is being handled is waited for where that makes sense.</summary>
    private async Task<Ending> GiveUpAsync(Assignment assignment, Ending ending)
    {
        End(assignment, isLost: ending is Ending.Lost or Ending.Overdue);
        if (ending == Ending.Rebalance)
        {
            ending = await QuiesceAsync(assignment).ConfigureAwait(false);
        }

        await assignment.StopAsync().ConfigureAwait(false);
        if (ending is Ending.Rebalance or Ending.Stop)
        {
            await AliveAsync(CommitLastAsync(assignment), assignment).ConfigureAwait(false);
            await TellAsync(_options.PartitionsRevoked, assignment).ConfigureAwait(false);
            return ending;
        }

        End(assignment, isLost: true);
        if (ending == Ending.Overdue)
        {
            LogOverdue(_logger, GroupId, _options.MaxPollInterval);
            await _member.LeaveAsync($"read nothing for {_options.MaxPollInterval}", _abort.Token).ConfigureAwait(false);
        }
        else
        {
            LogLost(_logger, GroupId, assignment.Generation.Member.GenerationId);
        }

        // An overdue member joins again when it reads again; a lost one when its record is done: callbacks never run beside that.
        await UntilReaderAsync(ending == Ending.Overdue).ConfigureAwait(false);
        await TellAsync(_options.PartitionsLost, assignment).ConfigureAwait(false);
        return _stop.IsCancellationRequested ? Ending.Stop : ending;
    }

    /// <summary>Waits for the record that is being handled, and stays alive meanwhile.</summary>
    private async Task<Ending> QuiesceAsync(Assignment assignment)
    {
        while (true)
        {
            var wake = _loopWakes.Next;
            lock (_gate)
            {
                if (_reader != ReaderState.Handling)
                {
                    return Ending.Rebalance;
                }
            }

            if (_stop.IsCancellationRequested)
            {
                return Ending.Stop;
            }

            if (IsOverdue())
            {
                return Ending.Overdue;
            }

            if (IsDue(_lastBeat, _options.HeartbeatInterval) && await BeatAsync(assignment).ConfigureAwait(false) == Ending.Lost)
            {
                return Ending.Lost;
            }

            await WaitAsync(wake, UntilNextBeat()).ConfigureAwait(false);
        }
    }

    private async Task UntilReaderAsync(bool isToRead)
    {
        while (true)
        {
            var wake = _loopWakes.Next;
            lock (_gate)
            {
                if (_reader == ReaderState.Waiting || (_reader == ReaderState.Away && !isToRead))
                {
                    return;
                }
            }

            if (_stop.IsCancellationRequested)
            {
                return;
            }

            await wake.ConfigureAwait(false);
        }
    }

    private async Task<Ending?> BeatAsync(Assignment assignment)
    {
        var answer = await _member.HeartbeatAsync(assignment.Generation.Member, _abort.Token).ConfigureAwait(false);
        _lastBeat = _time.GetTimestamp();
        switch (answer)
        {
            case { IsDone: true }:
                return null;
            case { Error: ErrorCode.RebalanceInProgress }:
                return Ending.Rebalance;
            case { Error: ErrorCode.FencedInstanceId }:
                End(assignment, isLost: true);
                throw _member.Fenced(answer);
            case { Error: ErrorCode.UnknownMemberId }:
                _member.Forget();
                return Ending.Lost;
            case { Kind: AnswerKind.Refused }:
                return Ending.Lost;
            default:
                // Nobody answered: a silo that died or moved. The next one is sent sooner.
                LogNoBeat(_logger, GroupId, answer.Kind, answer.Error);
                _lastBeat -= (long)(Math.Max(0, (_options.HeartbeatInterval - s_beatAgain).TotalSeconds) * _time.TimestampFrequency);
                return null;
        }
    }

    /// <summary>Calls a callback.</summary>
    private async Task TellAsync(PartitionsHandler? handler, Assignment assignment)
    {
        if (handler is null || assignment.Generation.Partitions.Count == 0)
        {
            return;
        }

        await AliveAsync(handler(this, assignment.Generation.Partitions, _abort.Token).AsTask(), assignment).ConfigureAwait(false);
    }

    /// <summary>Waits for something that may take long, and keeps the member alive meanwhile.</summary>
    private async Task AliveAsync(Task something, Assignment assignment)
    {
        while (!something.IsCompleted)
        {
            await WaitAsync(something, UntilNextBeat()).ConfigureAwait(false);
            if (!something.IsCompleted && !assignment.IsLost && IsDue(_lastBeat, _options.HeartbeatInterval))
            {
                // What it says is said again to the next one.
                await _member.HeartbeatAsync(assignment.Generation.Member, _abort.Token).ConfigureAwait(false);
                _lastBeat = _time.GetTimestamp();
            }
        }

        await something.ConfigureAwait(false);
    }
}
