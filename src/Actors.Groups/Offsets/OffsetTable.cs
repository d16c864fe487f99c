namespace Actors.Groups.Offsets;

/// <summary>The committed offsets of one group: topic after topic, searched in line while they are few, by name above.</summary>
internal sealed class OffsetTable
{
    private const int MaxInLine = 8;

    private readonly List<TopicOffsetTable> _topics = [];
    private Dictionary<string, TopicOffsetTable>? _byName;

    /// <summary>Whether nothing is committed.</summary>
    public bool IsEmpty => _topics.Count == 0;

    /// <summary>The topics, in no order.</summary>
    public IReadOnlyList<TopicOffsetTable> Topics => _topics;

    public TopicOffsetTable? Find(string topic)
    {
        if (_byName is not null)
        {
            return _byName.GetValueOrDefault(topic);
        }

        foreach (var candidate in _topics)
        {
            if (string.Equals(candidate.Topic, topic, StringComparison.Ordinal))
            {
                return candidate;
            }
        }

        return null;
    }

    public bool TryGet(string topic, int partition, out OffsetEntry entry)
    {
        entry = default;
        return Find(topic)?.TryGet(partition, out entry) ?? false;
    }

    public void Set(string topic, int partition, in OffsetEntry entry)
    {
        var table = Find(topic);
        if (table is null)
        {
            table = new TopicOffsetTable(topic);
            _topics.Add(table);
            if (_topics.Count > MaxInLine && _byName is null)
            {
                _byName = _topics.ToDictionary(t => t.Topic, StringComparer.Ordinal);
            }
            else
            {
                _byName?.Add(topic, table);
            }
        }

        table.Set(partition, entry);
    }

    public bool Remove(string topic, int partition)
    {
        if (Find(topic) is not { } table || !table.Remove(partition))
        {
            return false;
        }

        if (table.Count == 0)
        {
            _topics.Remove(table);
            _byName?.Remove(topic);
        }

        return true;
    }

    public void Clear()
    {
        _topics.Clear();
        _byName = null;
    }
}
