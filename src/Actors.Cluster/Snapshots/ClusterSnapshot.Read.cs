using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>Reading: every field checked, nothing trusted but the CRC's word that the bytes are those that were written.</summary>
public sealed partial class ClusterSnapshot
{
    private static ClusterMachine? Read(ReadOnlySpan<byte> bytes, short version, out string? reason)
    {
        reason = null;
        var body = bytes[(Magic.Length + 2)..];
        var reader = new CommandReader(body);
        var position = new ClusterPosition(
            reader.ReadInt64(), new Zxid(reader.ReadInt64()), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
        var digest = (ulong)reader.ReadInt64();
        var catalog = new CatalogState();
        var head = default(CommandReader);
        var slices = new ImageSlices(body);
        byte before = 0;
        for (var id = reader.ReadByte(); id != 0 && !reader.Failed; id = reader.ReadByte())
        {
            var section = reader.ReadPart(reader.ReadInt32());
            if (id == TreeSection && before == TopicsSection && version > VersionWithoutTree)
            {
                head = section;
            }
            else if (id == ZnodesSection && before is TreeSection or ZnodesSection)
            {
                slices.Add(body.Length - reader.RemainingBytes - section.RemainingBytes, section.RemainingBytes);
            }
            else if (id <= before || !ReadSection(id, ref section, catalog) || !section.IsComplete)
            {
                reason = $"its section {id} cannot be read";
                return null;
            }

            before = id;
        }

        if (!reader.IsComplete || before != (version == VersionWithoutTree ? TopicsSection : ZnodesSection))
        {
            reason = "it is not whole";
            return null;
        }

        var tree = version == VersionWithoutTree ? new TreeMachine() : TreeMachine.Load(head, ref slices, out reason);
        if (tree is null)
        {
            return null;
        }

        var found = version == VersionWithoutTree ? catalog.Digest : unchecked(catalog.Digest + tree.Digest);
        reason = found == digest ? null : $"its digest is {digest:x16}, but what it holds has {found:x16}";
        return reason is null ? new ClusterMachine(position, catalog, tree) : null;
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
