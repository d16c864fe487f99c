using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>Frames with a length in front as they come from a socket, in pieces or several at once; grows to the largest.</summary>
internal sealed unsafe class FrameBuffer : IDisposable
{
    private byte* _bytes;
    private int _capacity;
    private int _length;
    private int _taken;

    public FrameBuffer(int capacity)
    {
        _capacity = capacity;
        _bytes = (byte*)NativeMemory.Alloc((nuint)capacity);
    }

    /// <summary>Receives what is there; false when the peer has closed. To be called when the socket is readable.</summary>
    public bool Receive(BlockingSocket socket)
    {
        Compact();
        if (_length == _capacity)
        {
            _capacity *= 2;
            _bytes = (byte*)NativeMemory.Realloc(_bytes, (nuint)_capacity);
        }

        var received = socket.Receive(_bytes + _length, _capacity - _length);
        _length += received;
        return received > 0;
    }

    /// <summary>The next whole frame, without its length; good until the next call.</summary>
    public bool TryTake(out ReadOnlySpan<byte> frame)
    {
        var rest = new ReadOnlySpan<byte>(_bytes + _taken, _length - _taken);
        frame = default;
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(rest) is var length && rest.Length - 4 < length)
        {
            return false;
        }

        frame = rest.Slice(4, length);
        _taken += 4 + length;
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }

    private void Compact()
    {
        if (_taken > 0)
        {
            new ReadOnlySpan<byte>(_bytes + _taken, _length - _taken).CopyTo(new Span<byte>(_bytes, _length - _taken));
            _length -= _taken;
            _taken = 0;
        }
    }
}
