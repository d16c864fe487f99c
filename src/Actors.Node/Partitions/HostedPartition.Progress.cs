using Actors.Model.Ports;
using Actors.Replication.Partitions;

namespace Actors.Node.Partitions;

internal sealed partial class HostedPartition
{
    private readonly List<(IProgressWaiter Waiter, long Token)> _parked = [];

    /// <summary>The log thread wrote and synced up to these ends. Waiters that want it are added to <paramref name="wake"/>.</summary>
    public void OnWritten(long writtenEnd, long syncedEnd, WakeList wake)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.Flushed(writtenEnd, syncedEnd), ref _effects);
            Complete(wake);
        }
    }

    /// <summary>Retention or a request moved the log start: readers below it are told so.</summary>
    public void OnLogStartMoved(long logStart, WakeList wake)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.LogStartMoved(logStart), ref _effects);
            Complete(wake);
        }
    }

    /// <summary>The log directory failed for good: everything pending is answered, nothing more is accepted.</summary>
    public void OnFailed(WakeList wake)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.Failed(), ref _effects);
            Complete(wake);
            ReleaseParked(wake);
        }
    }

    /// <summary>This node no longer leads (the topic was deleted, or the node stops).</summary>
    public void Resign(WakeList wake)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.Resign(), ref _effects);
            Complete(wake);
            ReleaseParked(wake);
        }
    }

    /// <inheritdoc/>
    public bool TryPark(IProgressWaiter waiter, long token, long seenHighWatermark)
    {
        lock (_lock)
        {
            if (_machine.Offsets.HighWatermark > seenHighWatermark || !_machine.Leads)
            {
                return false;
            }

            _parked.Add((waiter, token));
            return true;
        }
    }

    /// <inheritdoc/>
    public void Unpark(IProgressWaiter waiter, long token)
    {
        lock (_lock)
        {
            for (var i = 0; i < _parked.Count; i++)
            {
                if (_parked[i].Token == token && ReferenceEquals(_parked[i].Waiter, waiter))
                {
                    _parked[i] = _parked[^1];
                    _parked.RemoveAt(_parked.Count - 1);
                    return;
                }
            }
        }
    }

    private void Complete(WakeList wake)
    {
        foreach (ref readonly var effect in _effects.Items)
        {
            switch (effect.Kind)
            {
                case PartitionEffectKind.Reply:
                    if (effect.Waiter is { } waiter && waiter.OnAppended(effect.Token, effect.Outcome))
                    {
                        wake.Add(waiter);
                    }

                    break;
                case PartitionEffectKind.Advanced:
                    ReleaseParked(wake);
                    break;
                case PartitionEffectKind.Halted:
                    _halted(this, effect.Reason!);
                    break;
                default:
                    throw new InvalidOperationException($"Progress does not cause {effect.Kind} on a single node.");
            }
        }

        _effects.Clear();
    }

    private void ReleaseParked(WakeList wake)
    {
        foreach (var (waiter, token) in _parked)
        {
            if (waiter.OnProgress(token))
            {
                wake.Add(waiter);
            }
        }

        _parked.Clear();
    }
}
