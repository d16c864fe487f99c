namespace Actors.Cluster.Commands;

/// <summary>Replica lists: a flag, then a count and node ids per partition.</summary>
internal static class AssignmentCodec
{
    public static void Encode(CommandWriter writer, IReadOnlyList<IReadOnlyList<int>>? assignments)
    {
        writer.WriteBoolean(assignments is not null);
        if (assignments is null)
        {
            return;
        }

        writer.WriteCount(assignments.Count);
        foreach (var replicas in assignments)
        {
            writer.WriteNodeIds(replicas);
        }
    }

    public static IReadOnlyList<IReadOnlyList<int>>? Decode(ref CommandReader reader)
    {
        if (!reader.ReadBoolean())
        {
            return null;
        }

        var assignments = new int[reader.ReadCount()][];
        for (var i = 0; i < assignments.Length; i++)
        {
            assignments[i] = reader.ReadNodeIds();
        }

        return assignments;
    }
}

/// <summary>Settings: a count, then name and value, in ordinal order of name.</summary>
internal static class ConfigCodec
{
    public static void Encode(CommandWriter writer, IReadOnlyDictionary<string, string> configs)
    {
        writer.WriteCount(configs.Count);
        foreach (var (name, value) in configs.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            writer.WriteString(name);
            writer.WriteString(value);
        }
    }

    public static IReadOnlyDictionary<string, string> Decode(ref CommandReader reader)
    {
        var count = reader.ReadCount(leastBytesEach: 2);
        if (count == 0)
        {
            return CreateTopic.EmptyConfigs;
        }

        var configs = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            configs[reader.ReadString()] = reader.ReadString();
        }

        return configs;
    }
}
