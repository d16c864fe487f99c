using System.Collections.Immutable;
using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// A session of the tree: its writes are numbered, so that one without an answer is sent again and still done once, also over the death and
/// restart of a silo; its ephemeral znodes go with it. Signs of life are sent in the background. Order: writes are done in the order of the
/// calls; a read sees every write that was called before it, and does not hold up the writes behind it. Dispose it to close it.
/// </summary>
public sealed partial class TreeSession : TreeAccess, IAsyncDisposable
{
    private readonly TreeSessionInfo _info;
    private readonly ImmutableArray<TreeCredential> _credentials;
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ZnodeChanges _changes;
    private readonly TreeWriteQueue _writes;

    internal TreeSession(
        TreeSessionInfo info, ImmutableArray<TreeCredential> credentials, ActorsTree tree, ActorsClientOptions options, ILogger logger,
        TimeProvider time, ZnodeChanges changes, long openedAt)
        : base(tree.TreeGrain, tree.Grains, tree.Seen)
    {
        (_info, _credentials, _options, _logger, _time, _changes) = (info, credentials, options, logger, time, changes);
        _lastSignAt = openedAt;
        _writes = new TreeWriteQueue(this, options, logger, time);
    }

    /// <summary>Its id, as <see cref="Model.Znodes.ZnodeStat.EphemeralOwner"/> tells it of its ephemeral znodes.</summary>
    public long Id => _info.SessionId;

    /// <summary>How long it lives without a sign of life.</summary>
    public TimeSpan Timeout => TimeSpan.FromMilliseconds(_info.TimeoutMs);

    /// <summary>Waits for the writes that were called, then closes the session, and its ephemeral znodes go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _writes.CloseAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _keepAlive.ConfigureAwait(false);
        if (!IsOver)
        {
            // If it is not answered, the session ends by its timeout.
            await TreeCall.OfAsync(() => TreeGrain.CloseSessionAsync(Caller)).ConfigureAwait(false);
            Become(TreeSessionState.Closed);
        }
    }

    internal TimeProvider Time => _time;

    internal TreeCaller Caller => new()
    {
        SessionId = _info.SessionId, Password = _info.Password, LastZxid = LastZxid, Credentials = _credentials,
    };

    internal override async ValueTask<TreeAnswer<T>> ReadAsync<T>(
        Func<TreeCaller, CancellationToken, ValueTask<TreeAnswer<T>>> call, CancellationToken cancellationToken)
    {
        ThrowIfOver();
        await _writes.WhenWrittenAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var sentAt = _time.GetTimestamp();
        var answer = await TreeCall.UntilAnsweredAsync(
            () =>
            {
                ThrowIfOver();
                sentAt = _time.GetTimestamp();
                return call(Caller, cancellationToken);
            },
            _options.DeliveryTimeout, _time, cancellationToken).ConfigureAwait(false);
        OnAnswer(answer.Kind, answer.Error, answer.Zxid, sentAt);
        ThrowIfOver();
        return answer;
    }

    internal override ValueTask<TreeAnswer<TreeWriteResult>> WriteAsync(TreeWrite write, CancellationToken cancellationToken)
    {
        ThrowIfOver();
        return _writes.WriteAsync(write, cancellationToken);
    }

    internal override Task WhenChangedAsync(string path, long sinceZxid, CancellationToken cancellationToken) =>
        _changes.WhenChangedAsync(this, path, sinceZxid, cancellationToken);
}
