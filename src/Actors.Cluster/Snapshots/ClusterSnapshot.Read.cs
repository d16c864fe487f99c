using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>Reading: every field checked, nothing trusted but the CRC's word that the bytes are those that were written.</summary>
public sealed partial class ClusterSnapshot
{
    private static ClusterMachine? Read(ReadOnlySpan<byte> bytes, out string? reason)
    {
        var reader = new CommandReader(bytes[(Magic.Length + 2)..]);
        var position = new ClusterPosition(
            reader.ReadInt64(), new Zxid(reader.ReadInt64()), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
        var digest = (ulong)reader.ReadInt64();
        var catalog = new CatalogState();
        byte before = 0;
        for (var id = reader.ReadByte(); id != 0 && !reader.Failed; id = reader.ReadByte())
        {
            var section = reader.ReadPart(reader.ReadInt32());
            if (id <= before || !ReadSection(id, ref section, catalog) || !section.IsComplete)
            {
                reason = $"its section {id} cannot be read";
                return null;
            }

            before = id;
        }

        if (!reader.IsComplete || before != TopicsSection)
        {
            reason = "it is not whole";
            return null;
        }

        if (catalog.Digest != digest)
        {
            reason = $"its digest is {digest:x16}, but what it holds has {catalog.Digest:x16}";
            return null;
        }

        reason = null;
        return new ClusterMachine(position, catalog);
    }

    private static bool ReadSection(byte id, ref CommandReader section, CatalogState catalog)
    {
        switch (id)
        {
            case CountersSection:
                catalog.DecodeCounters(ref section);
                return true;
            case NodesSection:
                for (var count = section.ReadCount(); count > 0 && !section.Failed; count--)
                {
                    catalog.Put(NodeState.Decode(ref section));
                }

                return true;
            case TopicsSection:
                for (var count = section.ReadCount(); count > 0; count--)
                {
                    var topic = TopicState.Decode(ref section);
                    if (section.Failed || topic.Partitions.IsEmpty
                        || catalog.TryGetTopic(topic.Name, out _) || catalog.TryGetTopic(topic.Id, out _))
                    {
                        return false;
                    }

                    catalog.Add(topic);
                }

                return true;
            default:
                return false;
        }
    }
}
