using System.Collections.Immutable;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Cluster.Catalog;

/// <summary>One topic; immutable, replaced on every change.</summary>
public sealed class TopicState
{
    private TopicDescription? _description;

    internal TopicState(
        string name, Guid id, bool isInternal, Zxid created, IReadOnlyDictionary<string, string> configs, ImmutableArray<PartitionState> partitions)
    {
        Name = name;
        Id = id;
        IsInternal = isInternal;
        Created = created;
        Configs = configs;
        Partitions = partitions;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The id.</summary>
    public Guid Id { get; }

    /// <summary>An internal topic.</summary>
    public bool IsInternal { get; }

    /// <summary>The command that created it.</summary>
    public Zxid Created { get; }

    /// <summary>Settings given for it.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; }

    /// <summary>The partitions; index = partition.</summary>
    public ImmutableArray<PartitionState> Partitions { get; }

    /// <summary>What others see of it; made when first asked for.</summary>
    public TopicDescription Description => _description ??= new TopicDescription
    {
        Name = Name,
        Id = Id,
        IsInternal = IsInternal,
        Configs = Configs,
        Partitions = Describe(Partitions),
    };

    internal TopicState With(ImmutableArray<PartitionState> partitions) => new(Name, Id, IsInternal, Created, Configs, partitions);

    internal TopicState With(IReadOnlyDictionary<string, string> configs) => new(Name, Id, IsInternal, Created, configs, Partitions);

    /// <summary>
    /// <code>
    /// topicId 16 | name string | isInternal byte | created zxid int64 | configs as in CreateTopic | partitions: count, then each
    /// a PartitionState
    /// </code>
    /// </summary>
    internal void Encode(CommandWriter writer)
    {
        writer.WriteGuid(Id);
        writer.WriteString(Name);
        writer.WriteBoolean(IsInternal);
        writer.WriteInt64(Created.Value);
        ConfigCodec.Encode(writer, Configs);
        writer.WriteCount(Partitions.Length);
        foreach (var partition in Partitions)
        {
            partition.Encode(writer);
        }
    }

    internal static TopicState Decode(ref CommandReader reader)
    {
        var id = reader.ReadGuid();
        var name = reader.ReadString();
        var isInternal = reader.ReadBoolean();
        var created = new Zxid(reader.ReadInt64());
        var configs = ConfigCodec.Decode(ref reader);
        var partitions = new PartitionState[reader.ReadCount(leastBytesEach: 15)];
        for (var i = 0; i < partitions.Length; i++)
        {
            partitions[i] = PartitionState.Decode(ref reader);
        }

        return new TopicState(name, id, isInternal, created, configs, [.. partitions]);
    }

    private static PartitionDescription[] Describe(ImmutableArray<PartitionState> partitions)
    {
        var described = new PartitionDescription[partitions.Length];
        for (var i = 0; i < described.Length; i++)
        {
            var partition = partitions[i];
            described[i] = new PartitionDescription(partition.LeaderId, partition.LeaderEpoch, partition.Replicas, partition.InSync);
        }

        return described;
    }
}
