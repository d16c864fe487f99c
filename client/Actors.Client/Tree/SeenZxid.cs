namespace Actors.Client;

/// <summary>The highest zxid that a client was told of. Any thread.</summary>
internal sealed class SeenZxid
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Raise(long zxid)
    {
        for (var known = Value; zxid > known;)
        {
            var before = Interlocked.CompareExchange(ref _value, zxid, known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }
}
