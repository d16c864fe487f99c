using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Actors.Model.Znodes;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>Signs of life, and what is known of the session.</summary>
public sealed partial class TreeSession
{
    private const int SignsPerTimeout = 3;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ended = new();
    private TaskCompletionSource _stateChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _keepAlive = Task.CompletedTask;
    private TreeSessionState _state;
    private long _lastSignAt;
    private volatile bool _isDisposed;

    /// <summary>What is known of it now.</summary>
    public TreeSessionState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Cancelled when the session is over: expired, or closed.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>
    /// Whether no silo can have ended the session by now, however slow the network: less than its timeout has passed since a call was sent
    /// that was answered. What a master does while this is true, no other master does.
    /// </summary>
    public bool IsSurelyAlive => !IsOver && SinceSign < Timeout;

    /// <summary>The state now and after every change, until the session is over. One that lasts shorter than a reader takes may be left out.</summary>
    public async IAsyncEnumerable<TreeSessionState> ReadStatesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        TreeSessionState? told = null;
        while (true)
        {
            TreeSessionState now;
            Task changed;
            lock (_gate)
            {
                (now, changed) = (_state, _stateChanged.Task);
            }

            if (now != told)
            {
                told = now;
                yield return now;
            }
            else
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            if (now is TreeSessionState.Expired or TreeSessionState.Closed)
            {
                yield break;
            }
        }
    }

    internal bool IsOver => State is TreeSessionState.Expired or TreeSessionState.Closed;

    internal TimeSpan SinceSign => _time.GetElapsedTime(Volatile.Read(ref _lastSignAt));

    internal void Start() => _keepAlive = Task.Run(KeepAliveAsync);

    /// <summary>The exception with which everything ends that is called in the name of a session that is over.</summary>
    internal TreeSessionExpiredException Over() => new(
        TreeErrorCode.SessionExpired,
        State == TreeSessionState.Closed ? "The session was closed by this process." : "The session is over, and its ephemeral znodes with it.");

    internal void ThrowIfOver()
    {
        ObjectDisposedException.ThrowIf(_isDisposed && !IsOver, this);
        if (IsOver)
        {
            throw Over();
        }
    }

    /// <summary>A call in the session's name was answered: every one is a sign of life, from the time on when it was sent.</summary>
    internal void OnAnswer(AnswerKind kind, TreeErrorCode error, long zxid, long sentAt)
    {
        Seen.Raise(zxid);
        if (kind == AnswerKind.Refused && error is TreeErrorCode.SessionExpired or TreeErrorCode.SessionMoved)
        {
            Become(TreeSessionState.Expired);
        }
        else if (TreeCall.IsAnswer(kind))
        {
            if (sentAt > Volatile.Read(ref _lastSignAt))
            {
                Volatile.Write(ref _lastSignAt, sentAt);
            }

            Become(TreeSessionState.Connected);
        }
    }

    private async Task KeepAliveAsync()
    {
        var period = Timeout / SignsPerTimeout;
        try
        {
            for (var failures = 0; !IsOver;)
            {
                var untilDue = period - SinceSign;
                var pause = failures > 0 ? TreeCall.PauseAfter(TimeSpan.FromMilliseconds(50), failures) : untilDue;
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause < period ? pause : period, _time, _stop.Token).ConfigureAwait(false);
                    if (failures == 0 && SinceSign < period)
                    {
                        continue; // another call was a sign of life
                    }
                }

                failures = await TouchAsync().ConfigureAwait(false) ? 0 : failures + 1;
                if (failures > 0 && SinceSign > Timeout * 2 / 3)
                {
                    Become(TreeSessionState.Suspended);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The session is closed.
        }
        catch (Exception e) // the Orleans client is gone: nobody can say any more whether the session lives
        {
            LogSilent(_logger, Id, AnswerKind.Unknown, e.Message);
            Become(TreeSessionState.Suspended);
        }
    }

    private async ValueTask<bool> TouchAsync()
    {
        var sentAt = _time.GetTimestamp();
        var answer = await TreeCall.OfAsync(() => TreeGrain.TouchAsync(Caller, _stop.Token)).ConfigureAwait(false);
        OnAnswer(answer.Kind, answer.Error, answer.Zxid, sentAt);
        if (TreeCall.IsAnswer(answer.Kind))
        {
            return true;
        }

        LogSilent(_logger, Id, answer.Kind, answer.Message);
        return false;
    }

    private void Become(TreeSessionState state)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_state == state || _state is TreeSessionState.Expired or TreeSessionState.Closed)
            {
                return;
            }

            _state = state;
            changed = _stateChanged;
            _stateChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        LogState(_logger, Id, state);
        changed.TrySetResult();
        if (state is TreeSessionState.Expired or TreeSessionState.Closed)
        {
            _ended.CancelAsync(); // whoever is told of it does not run here
        }
    }

    [LoggerMessage(9310, LogLevel.Information, "Session 0x{Session:x} of the tree is {State}.")]
    private static partial void LogState(ILogger logger, long session, TreeSessionState state);

    [LoggerMessage(9311, LogLevel.Debug, "A sign of life of session 0x{Session:x} was answered {Kind}: {Reason}")]
    private static partial void LogSilent(ILogger logger, long session, AnswerKind kind, string? reason);
}
