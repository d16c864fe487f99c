using Actors.Cluster.Commands;
using Actors.Model.Znodes;

namespace Actors.Cluster.Acl;

/// <summary>
/// An access list: what a command carries, and what a znode has.
/// <code>
/// size field
///    v count     plus one; 0: null
///    each entry: 4 permissions | string scheme or null | string id or null
/// </code>
/// </summary>
public sealed class AccessList
{
    /// <summary>Most entries of one list; a longer one is invalid.</summary>
    public const int MaxEntries = 1_000;

    private static ReadOnlySpan<byte> OpenBytes => "\u0002\u0000\u0000\u0000\u001f\u0006world\u0007anyone"u8;

    /// <summary>A list of these entries.</summary>
    public AccessList(IReadOnlyList<ZnodeAcl> entries) => Entries = entries;

    /// <summary>Everything to everybody.</summary>
    public static AccessList Open { get; } = new([ZnodeAcl.Open]);

    /// <summary>Reading to everybody.</summary>
    public static AccessList ReadOnly { get; } = new([ZnodeAcl.ReadOnly]);

    /// <summary>The entries, in the order in which they were given.</summary>
    public IReadOnlyList<ZnodeAcl> Entries { get; }

    internal void Encode(CommandWriter writer) => Encode(writer, Entries);

    internal static void Encode(CommandWriter writer, IReadOnlyList<ZnodeAcl>? entries)
    {
        writer.WriteCount(entries is null ? 0 : entries.Count + 1);
        foreach (var entry in entries ?? [])
        {
            writer.WriteInt32((int)entry.Permissions);
            writer.WriteString(entry.Scheme);
            writer.WriteString(entry.Id);
        }
    }

    /// <summary>The list, or null where null was written; check the reader.</summary>
    internal static AccessList? Decode(ref CommandReader reader)
    {
        if (reader.TrySkip(OpenBytes))
        {
            return Open; // nearly every list, so that it costs nothing
        }

        var count = reader.ReadCount(leastBytesEach: 0) - 1; // plus one: an empty list ends here
        if (count < 0)
        {
            return null;
        }

        var entries = new ZnodeAcl[Math.Min(count, MaxEntries)];
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var entry = new ZnodeAcl((ZnodePermissions)reader.ReadInt32(), reader.ReadNullableString(), reader.ReadNullableString());
            if (i < entries.Length)
            {
                entries[i] = entry;
            }
        }

        // A longer list is decoded to its end, and refused where lists are checked.
        return count > MaxEntries ? new AccessList([]) : new AccessList(entries);
    }
}
