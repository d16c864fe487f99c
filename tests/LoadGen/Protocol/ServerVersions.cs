namespace LoadGen.Protocol;

/// <summary>What the server offers (ApiVersions v3, or v0 where it refuses that), met with what this tool encodes.</summary>
internal sealed class ServerVersions
{
    private const short UnsupportedVersion = 35;

    private static readonly Dictionary<ApiKey, VersionRange> Ours = new()
    {
        [ApiKey.Produce] = new(7, 9),
        [ApiKey.Fetch] = new(4, 12),
        [ApiKey.ListOffsets] = new(1, 5),
        [ApiKey.Metadata] = new(5, 9),
        [ApiKey.OffsetCommit] = new(7, 7),
        [ApiKey.FindCoordinator] = new(1, 2),
        [ApiKey.ApiVersions] = new(0, 3),
        [ApiKey.CreateTopics] = new(2, 4),
        [ApiKey.DeleteTopics] = new(1, 3),
    };

    private readonly Dictionary<short, VersionRange> _offered;

    private ServerVersions(Dictionary<short, VersionRange> offered) => _offered = offered;

    public static ServerVersions Ask(KafkaConnection connection)
    {
        var body = new WireWriter().CompactString("loadgen").CompactString("1").NoTags(true);
        var reader = new WireReader(connection.Request(ApiKey.ApiVersions, 3, flexible: true, body));
        var error = reader.Int16();
        if (error == 0)
        {
            return Read(ref reader, flexible: true);
        }

        if (error != UnsupportedVersion)
        {
            throw ProtocolFault.Code("ApiVersions", "v3", error);
        }

        reader = new WireReader(connection.Request(ApiKey.ApiVersions, 0, flexible: false, new WireWriter()));
        error = reader.Int16();
        return error == 0 ? Read(ref reader, flexible: false) : throw ProtocolFault.Code("ApiVersions", "v0", error);
    }

    /// <summary>The greatest version both sides know.</summary>
    public short Best(ApiKey api)
    {
        var ours = Ours[api];
        if (!_offered.TryGetValue((short)api, out var theirs))
        {
            throw new ProtocolFault($"the server does not offer {api}");
        }

        var best = Math.Min(ours.Max, theirs.Max);
        return best >= Math.Max(ours.Min, theirs.Min)
            ? best
            : throw new ProtocolFault($"no common version of {api}: {ours.Min}-{ours.Max} here, {theirs.Min}-{theirs.Max} there");
    }

    /// <summary>The version asked for, if both sides know it; 0 asks for the greatest.</summary>
    public short Choose(ApiKey api, short wanted)
    {
        if (wanted == 0)
        {
            return Best(api);
        }

        var ours = Ours[api];
        return wanted >= ours.Min && wanted <= ours.Max && _offered.TryGetValue((short)api, out var theirs)
            && wanted >= theirs.Min && wanted <= theirs.Max
            ? wanted
            : throw new ProtocolFault($"{api} v{wanted} is not spoken by both sides");
    }

    private static ServerVersions Read(ref WireReader reader, bool flexible)
    {
        var offered = new Dictionary<short, VersionRange>();
        for (var left = reader.Count(flexible); left > 0; left--)
        {
            offered[reader.Int16()] = new VersionRange(reader.Int16(), reader.Int16());
            reader.SkipTags(flexible);
        }

        return new ServerVersions(offered);
    }
}
