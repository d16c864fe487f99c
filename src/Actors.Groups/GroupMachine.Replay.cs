using Actors.Groups.Classic;
using Actors.Groups.Records;

namespace Actors.Groups;

/// <summary>The log's records, from its beginning: the state is their fold.</summary>
public sealed partial class GroupMachine
{
    private void Replay(ReadOnlyMemory<byte> keyBytes, ReadOnlyMemory<byte>? value)
    {
        var key = new RecordText(keyBytes.Span);
        var read = key.Int16() switch
        {
            OffsetRecords.LegacyKeyType or OffsetRecords.KeyType => ReplayOffset(ref key, value),
            GroupRecords.KeyType => ReplayGroup(ref key, value),
            _ => false, // of protocols that are not known here, or of a newer program
        };
        if (!read)
        {
            UnreadRecords++;
        }
    }

    private bool ReplayOffset(ref RecordText key, ReadOnlyMemory<byte>? value)
    {
        if (!OffsetRecords.TryReadKey(ref key, out var groupId, out var topic, out var partition))
        {
            return false;
        }

        var group = Find(groupId);
        if (value is not { } bytes)
        {
            group?.Offsets.Remove(topic, partition);
            return true;
        }

        if (!OffsetRecords.TryReadValue(bytes.Span, out var entry))
        {
            return false;
        }

        if (group is null)
        {
            group = new ClassicGroup(groupId);
            _groups.Add(groupId, group);
        }

        group.Offsets.Set(topic, partition, entry);
        return true;
    }

    private bool ReplayGroup(ref RecordText key, ReadOnlyMemory<byte>? value)
    {
        var groupId = key.Text(compact: false);
        if (!key.IsGood)
        {
            return false;
        }

        var before = Find(groupId);
        if (value is not { } bytes)
        {
            // The group's offsets have tombstones of their own. A group that was written again after its compacted tombstone keeps them.
            if (before is not null && before.Offsets.IsEmpty)
            {
                _groups.Remove(groupId);
            }
            else if (before is not null)
            {
                _groups[groupId] = new ClassicGroup(groupId) { Offsets = before.Offsets };
            }

            return true;
        }

        if (GroupRecords.Read(groupId, bytes.Span) is not { } group)
        {
            return false;
        }

        if (before is not null)
        {
            group.Offsets = before.Offsets;
        }

        _groups[groupId] = group;
        return true;
    }
}
