using System.Buffers.Binary;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>Reading: every field checked, nothing trusted but the CRC's word that the bytes are those that were written.</summary>
public sealed partial class ClusterSnapshot
{
    /// <summary>
    /// A machine in the state of the snapshot, verified: CRC, layout, and the digest computed anew from what was read. Null, with the
    /// reason, if the bytes are not a whole snapshot. They are read twice, in pieces: nothing is believed before the CRC has been.
    /// </summary>
    public static ClusterMachine? TryLoad(ISnapshotBytes bytes, out string? reason)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var start = SnapshotSections.ReadStart(bytes, HeaderBytes);
        if (bytes.LengthBytes < HeaderBytes + TailBytes || start.Length < HeaderBytes || !start.AsSpan().StartsWith(Magic))
        {
            reason = "it does not begin as a snapshot does";
            return null;
        }

        var sections = new SnapshotSections(bytes, HeaderBytes);
        if (!sections.HasValidCrc())
        {
            reason = "its CRC is wrong";
            return null;
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(start.AsSpan(Magic.Length));
        if (version is not (Version or VersionWithoutTree))
        {
            reason = $"its version is {version}, this program reads {VersionWithoutTree} and {Version}";
            return null;
        }

        return Read(start.AsSpan(Magic.Length + sizeof(short)), sections, version, out reason);
    }

    /// <summary>The same for bytes that lie in memory.</summary>
    public static ClusterMachine? TryLoad(ReadOnlySpan<byte> bytes, out string? reason) => TryLoad(new BytesInMemory(bytes.ToArray()), out reason);

    private static ClusterMachine? Read(ReadOnlySpan<byte> header, SnapshotSections sections, short version, out string? reason)
    {
        var reader = new CommandReader(header);
        var position = new ClusterPosition(
            reader.ReadInt64(), new Zxid(reader.ReadInt64()), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
        var digest = (ulong)reader.ReadInt64();
        var catalog = new CatalogState();
        byte before = 0;
        while (sections.MoveNext() && sections.Id <= TopicsSection)
        {
            var section = sections.Body;
            if (sections.Id <= before || !ReadSection(sections.Id, ref section, catalog) || !section.IsComplete)
            {
                reason = $"its section {sections.Id} cannot be read";
                return null;
            }

            before = sections.Id;
        }

        reason = "it is not whole";
        TreeMachine? tree = null;
        if (version == VersionWithoutTree && before == TopicsSection)
        {
            tree = new TreeMachine();
        }
        else if (before == TopicsSection && sections.Id == TreeSection && !sections.Failed)
        {
            tree = TreeMachine.Load(sections, ZnodesSection, out reason);
        }

        if (tree is null)
        {
            return null;
        }

        if (!sections.IsComplete)
        {
            reason = "it is not whole";
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

    private sealed class BytesInMemory(byte[] bytes) : ISnapshotBytes
    {
        public long LengthBytes => bytes.Length;

        public int Read(Span<byte> into, long position)
        {
            var length = (int)Math.Min(into.Length, bytes.Length - position);
            bytes.AsSpan((int)position, length).CopyTo(into);
            return length;
        }
    }
}
