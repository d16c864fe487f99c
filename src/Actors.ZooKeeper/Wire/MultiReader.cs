namespace Actors.ZooKeeper.Wire;

/// <summary>
/// Walks the operations of a multi or multiRead: <c>type 4 | done 1 | error 4</c> before each one, and <c>-1 | true | -1</c> at the end.
/// After <see cref="MoveNext"/> the caller reads the operation's own record from the same reader.
/// <code>
/// while (multi.MoveNext(ref reader))
/// {
///     switch (multi.Type) { ... read a record ... }
/// }
/// </code>
/// </summary>
public struct MultiReader
{
    private const int HeaderBytes = 9;

    /// <summary>Type of the operation at hand; may be no value of the enum.</summary>
    public OpCode Type { get; private set; }

    /// <summary>Operations begun so far.</summary>
    public int Count { get; private set; }

    /// <summary>Goes on to the next operation; false at the end, or if the reader is faulty.</summary>
    public bool MoveNext(ref JuteReader reader)
    {
        if (reader.Remaining < HeaderBytes)
        {
            reader.Fail();
            return false;
        }

        Type = (OpCode)reader.ReadInt32();
        var isDone = reader.ReadBool();
        reader.ReadInt32();
        if (isDone || reader.IsFaulty)
        {
            return false;
        }

        Count++;
        return true;
    }
}
