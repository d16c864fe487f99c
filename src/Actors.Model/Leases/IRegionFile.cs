using System.Runtime.InteropServices;

namespace Actors.Model.Leases;

/// <summary>An open file that <see cref="FileRegion"/>s hold. Any thread.</summary>
public interface IRegionFile
{
    /// <summary>Its path, for messages.</summary>
    string Path { get; }

    /// <summary>What the kernel sends from (<c>sendfile</c>), or null: the bytes have to be read.</summary>
    SafeHandle? Handle { get; }

    /// <summary>Reads until <paramref name="into"/> is full or the file ends; answers the bytes read. May wait for the disk.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>Whether these bytes are in the page cache as far as can be told, so that sending them does not wait for the disk.</summary>
    bool IsCached(long position, int lengthBytes);

    /// <summary>Gives up one hold; the file is closed with the last one.</summary>
    void Return();
}
