using Actors.Abstractions;
using Actors.Streams;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// The znode tree, for a client without a session: it reads, and writes what does not go with a session. Such writes have no number: one
/// without an answer is <see cref="AnswerKind.Unknown"/> and not tried again. See <see cref="ActorsClient.Tree"/>.
/// </summary>
public sealed class ActorsTree : TreeAccess
{
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ZnodeChanges _changes;

    internal ActorsTree(
        IClusterClient orleans, ActorsClientOptions options, ILogger logger, TimeProvider time, Func<ZnodeStreamProvider> watches)
        : base(orleans.GetGrain<ITreeGrain>(ITreeGrain.Key), orleans, new SeenZxid())
    {
        (_options, _logger, _time) = (options, logger, time);
        _changes = new ZnodeChanges(watches, time);
    }

    /// <summary>Opens a session: numbered writes in order, ephemeral znodes, signs of life in the background.</summary>
    /// <param name="timeout">
    /// How long the session lives without a sign of life; the server keeps it within its bounds (4 s to 40 s by default). Default 10 s. The
    /// shorter, the sooner others take over from a process that died, and the sooner a slow network is taken for death.
    /// </param>
    /// <param name="credentials">Who the caller is, for access lists. Default: those of the client's options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TreeException">No silo opened one within the delivery timeout.</exception>
    public async Task<TreeSession> OpenSessionAsync(
        TimeSpan? timeout = null, IEnumerable<TreeCredential>? credentials = null, CancellationToken cancellationToken = default)
    {
        var asked = timeout ?? DefaultSessionTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(asked, TimeSpan.Zero, nameof(timeout));
        var timeoutMs = (int)Math.Min(asked.TotalMilliseconds, int.MaxValue);
        var sentAt = _time.GetTimestamp();
        var opened = await TreeCall.UntilAnsweredAsync(
            () =>
            {
                sentAt = _time.GetTimestamp();
                return TreeGrain.OpenSessionAsync(timeoutMs, cancellationToken);
            },
            _options.DeliveryTimeout, _time, cancellationToken).ConfigureAwait(false);
        var session = new TreeSession(
            opened.GetValueOrThrow(), credentials is null ? _options.Credentials : [.. credentials], this, _options, _logger, _time, _changes,
            sentAt);
        Seen.Raise(opened.Zxid);
        session.Start();
        return session;
    }

    /// <summary>Timeout of a session where none is given: 10 s.</summary>
    public static TimeSpan DefaultSessionTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How large the tree is.</summary>
    public ValueTask<TreeAnswer<TreeStatus>> GetStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync((_, cancellation) => TreeGrain.GetStatusAsync(cancellation), cancellationToken);

    private TreeCaller Caller => TreeCaller.Anonymous with { LastZxid = LastZxid, Credentials = _options.Credentials };

    internal override async ValueTask<TreeAnswer<T>> ReadAsync<T>(
        Func<TreeCaller, CancellationToken, ValueTask<TreeAnswer<T>>> call, CancellationToken cancellationToken)
    {
        var answer = await TreeCall.UntilAnsweredAsync(
            () => call(Caller, cancellationToken), _options.DeliveryTimeout, _time, cancellationToken).ConfigureAwait(false);
        Seen.Raise(answer.Zxid);
        return answer;
    }

    internal override async ValueTask<TreeAnswer<TreeWriteResult>> WriteAsync(TreeWrite write, CancellationToken cancellationToken)
    {
        var answer = await TreeCall.OfAsync(
            () => TreeGrain.WriteAsync(Caller, [write], cancellationToken)).ConfigureAwait(false);
        Seen.Raise(answer.Zxid);
        return answer.IsDone ? TreeAnswer.Done(answer.Value.Writes[0], answer.Zxid) : answer.WithoutValue<TreeWriteResult>();
    }

    internal override Task WhenChangedAsync(string path, long sinceZxid, CancellationToken cancellationToken) =>
        _changes.WhenChangedAsync(this, path, sinceZxid, cancellationToken);
}
