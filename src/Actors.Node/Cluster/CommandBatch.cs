using Actors.Cluster;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Node.Cluster;

/// <summary>Whoever waits for a command: a task of the catalog's, or a place for a reply of the tree's.</summary>
internal readonly record struct PendingCommand(TaskCompletionSource<CommandOutcome>? Source, ITreeReply? Reply = null, ITreeSessionOwner? Owner = null)
{
    /// <summary>The outcome will not be known here.</summary>
    public void Fail(in CommandOutcome outcome)
    {
        Source?.TrySetResult(outcome);
        Reply?.OnLost();
    }
}

/// <summary>Commands of this node that travel together, and who waits for each. Used again and again.</summary>
internal sealed class CommandBatch
{
    private readonly List<PendingCommand> _commands = [];

    /// <summary>The records.</summary>
    public RecordBatchBuilder Builder { get; } = new(ClusterHostOptions.MaxBatchBytes);

    /// <summary>Sequence of the first command, once it is sent.</summary>
    public int BaseSequence { get; set; }

    /// <summary>Number of commands.</summary>
    public int Count => _commands.Count;

    /// <summary>Whether all of them are the tree's.</summary>
    public bool IsTreeOnly { get; private set; } = true;

    /// <summary>Who waits for a command.</summary>
    public PendingCommand this[int index] => _commands[index];

    /// <summary>Adds a command; false if it does not fit any more.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, in PendingCommand pending)
    {
        if (_commands.Count == ClusterHostOptions.MaxBatchCommands || !Builder.TryAddValue(bytes))
        {
            return false;
        }

        _commands.Add(pending);
        IsTreeOnly &= pending.Source is null;
        return true;
    }

    /// <summary>Tells all who wait that the outcome will not be known here.</summary>
    public void Fail(in CommandOutcome outcome)
    {
        foreach (var command in _commands)
        {
            command.Fail(outcome);
        }
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _commands.Clear();
        IsTreeOnly = true;
        Builder.Clear();
    }
}
