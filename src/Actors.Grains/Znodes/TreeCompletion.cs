using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>
/// Waits for the writes of one call. Outcomes are copied where commands are applied, in a moment; whoever waits goes on elsewhere.
/// </summary>
internal sealed class TreeCompletion(int count)
{
    private readonly TreeWriteResult?[] _results = new TreeWriteResult?[count];
    private readonly TaskCompletionSource<ImmutableArray<TreeWriteResult>?> _there = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _handedOver;
    private int _open = count;

    /// <summary>Whether the outcome of a write will not be known here: those behind it must not be handed over.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Writes handed over.</summary>
    public int HandedOver => _handedOver;

    /// <summary>The place for the outcome of the next write.</summary>
    public ITreeReply Next(ImmutableArray<ZnodeChange> changes) => new Place(this, _handedOver++, changes);

    /// <summary>The outcomes, or null if one will not be known.</summary>
    public Task<ImmutableArray<TreeWriteResult>?> WaitAsync(CancellationToken cancellationToken) => _there.Task.WaitAsync(cancellationToken);

    private void OnApplied(int index, TreeWriteResult result)
    {
        _results[index] = result;
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _there.TrySetResult([.. _results!]);
        }
    }

    private void OnLost()
    {
        IsLost = true;
        _there.TrySetResult(null);
    }

    private sealed class Place(TreeCompletion all, int index, ImmutableArray<ZnodeChange> changes) : ITreeReply
    {
        public ITreeSessionOwner? OnApplied(ITreeOutcome outcome, ITreeView tree)
        {
            var results = new ZnodeChangeResult[outcome.ResultCount];
            for (var i = 0; i < results.Length; i++)
            {
                var error = outcome.ErrorOf(i);
                results[i] = new ZnodeChangeResult(error, error == TreeErrorCode.Ok && !HasFailed(outcome) ? Told(outcome, i) : null);
            }

            all.OnApplied(index, new TreeWriteResult(outcome.ZxidValue, [.. results]));
            return null;
        }

        public void OnLost() => all.OnLost();

        private static bool HasFailed(ITreeOutcome outcome) =>
            outcome.ResultCount > 0 && outcome.ErrorOf(outcome.ResultCount - 1) != TreeErrorCode.Ok;

        private ZnodeInfo? Told(ITreeOutcome outcome, int i)
        {
            if (i >= changes.Length)
            {
                return null; // a command that is about no znode
            }

            // Where the result of a repeated write was too long to be kept, there is neither Stat nor path.
            var stat = outcome.StatOf(i);
            var path = outcome.PathOf(i);
            var isTold = stat.Czxid != 0 || changes[i].Path == "/";
            return changes[i].Kind switch
            {
                ZnodeWriteKind.Create => new ZnodeInfo(
                    path.IsEmpty ? PathOfUntold(changes[i]) : Encoding.UTF8.GetString(path), isTold ? stat : null),
                ZnodeWriteKind.SetData or ZnodeWriteKind.SetAcl => new ZnodeInfo(changes[i].Path, isTold ? stat : null),
                _ => new ZnodeInfo(changes[i].Path, null),
            };
        }

        private static string PathOfUntold(ZnodeChange change) =>
            change.Mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential or CreateMode.PersistentSequentialWithTtl
                ? "" : change.Path;
    }
}
