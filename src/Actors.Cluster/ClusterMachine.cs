using System.Diagnostics;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model;
using Actors.Model.Machines;

namespace Actors.Cluster;

/// <summary>
/// The state that the cluster log folds into: the catalog, and the tree and its sessions beside it, in the same order. The
/// outcome of a command, success or error, is decided here, at its place in the log, alike on every node: no clock, no randomness,
/// no configuration, no hash order. A command is decoded and checked in full before anything changes.
/// <para>Rules that are code (names, settings, limits) decide outcomes as well: they change under a new feature level only.</para>
/// </summary>
public sealed partial class ClusterMachine
{
    /// <summary>Greatest feature level this program supports.</summary>
    public const short MaxFeatureLevel = 1;

    private long _zxidEpochStart;
    private int _zxidEpoch;

    /// <summary>The catalog.</summary>
    public CatalogState Catalog { get; private init; } = new();

    /// <summary>The znode tree and its sessions.</summary>
    public TreeMachine Tree { get; private init; } = new();

    /// <summary>Digest of all state: equal on two nodes that applied the same commands.</summary>
    public ulong Digest => Catalog.Digest + Tree.Digest;

    /// <summary>Offset of the next command to apply.</summary>
    public long AppliedEnd { get; private set; }

    /// <summary>The last command applied.</summary>
    public Zxid LastZxid { get; private set; }

    /// <summary>Time of the last command, ms since 1970; never goes back.</summary>
    public long LastTimeMs { get; private set; }

    /// <summary>The leader whose <see cref="EpochStart"/> was applied last, or -1.</summary>
    public int LeaderId { get; private set; } = -1;

    /// <summary>
    /// Applies the command at its place. Every command takes one offset and one zxid, whatever its outcome. Changes others may watch are
    /// added to <paramref name="events"/> in order.
    /// </summary>
    /// <exception cref="ClusterLogException">The place is wrong, or the command is one this program does not know: stop, do not guess.</exception>
    public CommandOutcome Apply(ReadOnlySpan<byte> command, in CommandPlace place, ref Effects<ClusterEvent> events)
    {
        if (place.Offset != AppliedEnd)
        {
            throw new ClusterLogException($"The command at offset {place.Offset} was to be applied, but {AppliedEnd} is next.");
        }

        if (IsTreeCommand(command))
        {
            return ApplyToTree(command, place);
        }

        var decoded = ClusterCommand.Decode(command);
        if (decoded.Status == DecodeStatus.Unknown)
        {
            throw new ClusterLogException(
                $"The command at offset {place.Offset} has a kind or version that this program does not know; it was written by a newer one.");
        }

        if (decoded.Command is EpochStart epochStart)
        {
            BeginEpoch(epochStart, place, ref events);
        }

        Advance(place);
        return decoded.Status == DecodeStatus.Malformed
            ? CommandOutcome.Refused(ErrorCode.InvalidRequest, "The command cannot be decoded.")
            : !IsFromRegisteredNode(place.ProducerId)
                ? CommandOutcome.Refused(ErrorCode.StaleBrokerEpoch, "The node that sent the command was replaced by a newer start.")
                : Execute(decoded.Command!, place, ref events);
    }

    /// <summary>Whether the bytes are a command of the tree, whose outcome is the tree's own.</summary>
    public static bool IsTreeCommand(ReadOnlySpan<byte> command) => command.Length > 1 && TreeCommand.IsTree(command[0]);

    /// <summary>A command of the tree; what became of it is the tree's own outcome, unless it was refused here.</summary>
    private CommandOutcome ApplyToTree(ReadOnlySpan<byte> command, in CommandPlace place)
    {
        if (command[1] != TreeCommandWriter.Version)
        {
            throw new ClusterLogException(
                $"The command at offset {place.Offset} has version {command[1]}, which this program does not know; it was written by a newer one.");
        }

        Advance(place);
        if (!IsFromRegisteredNode(place.ProducerId))
        {
            return CommandOutcome.Refused(ErrorCode.StaleBrokerEpoch, "The node that sent the command was replaced by a newer start.");
        }

        Tree.Apply(command, LastZxid, place);
        return CommandOutcome.Done;
    }

    private void Advance(in CommandPlace place)
    {
        AppliedEnd = place.Offset + 1;
        LastZxid = Zxid.Create(_zxidEpoch, place.Offset - _zxidEpochStart);
        Debug.Assert(place.TimeMs >= LastTimeMs, "time in the cluster log went back");
        LastTimeMs = Math.Max(LastTimeMs, place.TimeMs);
    }

    /// <summary>The outcome the command would have if it were applied now; changes nothing.</summary>
    public CommandOutcome Check(ClusterCommand command)
    {
        Effects<ClusterEvent> none = default;
        return Plan(command, LastZxid, commit: false, ref none);
    }

    private CommandOutcome Execute(ClusterCommand command, in CommandPlace place, ref Effects<ClusterEvent> events) => command switch
    {
        EpochStart => CommandOutcome.Done,
        NodeRegistered registered => Register(registered, place, ref events),
        AllocateProducerIds allocate => Allocate(allocate),
        _ => Plan(command, LastZxid, commit: true, ref events),
    };

    /// <summary>The commands that can also be tried without effect.</summary>
    private CommandOutcome Plan(ClusterCommand command, Zxid zxid, bool commit, ref Effects<ClusterEvent> events) => command switch
    {
        CreateTopic create => Create(create, zxid, commit, ref events),
        DeleteTopic delete => Delete(delete, commit, ref events),
        CreatePartitions create => Extend(create, commit, ref events),
        ChangeTopicConfigs change => ChangeConfigs(change, commit, ref events),
        _ => CommandOutcome.Refused(ErrorCode.InvalidRequest, $"{command.Kind} cannot be done here."),
    };

    private void BeginEpoch(EpochStart start, in CommandPlace place, ref Effects<ClusterEvent> events)
    {
        _zxidEpoch++;
        _zxidEpochStart = place.Offset;
        LeaderId = start.LeaderId;
        events.Add(ClusterEvent.LeaderChanged(start.LeaderId));
    }

    /// <summary>A command without a producer is the leader's own; any other one must come from a start that is still registered.</summary>
    private bool IsFromRegisteredNode(long producerId)
    {
        if (producerId < 0)
        {
            return true;
        }

        foreach (var node in Catalog.Nodes)
        {
            if (node.ProducerId == producerId)
            {
                return true;
            }
        }

        return false;
    }

    private CommandOutcome Allocate(AllocateProducerIds allocate)
    {
        if (Catalog.NextProducerId > long.MaxValue - allocate.Count)
        {
            return CommandOutcome.Refused(ErrorCode.UnknownServerError, "All producer ids were handed out.");
        }

        var first = Catalog.NextProducerId;
        Catalog.NextProducerId += allocate.Count;
        return CommandOutcome.Done with { FirstProducerId = first };
    }
}
