namespace Actors.ZooKeeper.Wire;

/// <summary>What every request but the first begins with: <c>xid 4 | type 4</c>.</summary>
/// <param name="Xid">The client's number of the request, or one of <see cref="SpecialXids"/>.</param>
/// <param name="Type">What is asked for; may be no value of the enum.</param>
public readonly record struct RequestHeader(int Xid, OpCode Type)
{
    /// <summary>Reads it; the reader is faulty if it is not there.</summary>
    public static RequestHeader Read(ref JuteReader reader) => new(reader.ReadInt32(), (OpCode)reader.ReadInt32());
}
