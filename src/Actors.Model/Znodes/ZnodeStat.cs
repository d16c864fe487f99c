namespace Actors.Model.Znodes;

/// <summary>What ZooKeeper tells of a znode beside its data (jute record <c>Stat</c>, 68 bytes).</summary>
/// <param name="Czxid">zxid of its creation.</param>
/// <param name="Mzxid">zxid of the last change of its data.</param>
/// <param name="CtimeMs">Time of its creation, ms since 1970.</param>
/// <param name="MtimeMs">Time of the last change of its data, ms since 1970.</param>
/// <param name="Version">Changes of its data.</param>
/// <param name="Cversion">Changes of its children, as on the wire: twice the creates under it less the children that are left.</param>
/// <param name="Aversion">Changes of its access list.</param>
/// <param name="EphemeralOwner">Session that it goes with; 0 for every other kind, containers and TTL znodes too.</param>
/// <param name="DataLengthBytes">Bytes of its data.</param>
/// <param name="ChildCount">Children.</param>
/// <param name="Pzxid">zxid of the last create or delete of a child.</param>
public readonly record struct ZnodeStat(
    long Czxid,
    long Mzxid,
    long CtimeMs,
    long MtimeMs,
    int Version,
    int Cversion,
    int Aversion,
    long EphemeralOwner,
    int DataLengthBytes,
    int ChildCount,
    long Pzxid);
