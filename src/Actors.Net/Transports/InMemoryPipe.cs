namespace Actors.Net.Transports;

/// <summary>One direction of an in-memory connection: a queue of bytes with a window.</summary>
internal sealed class InMemoryPipe(int windowBytes)
{
    private readonly Lock _lock = new();
    private byte[] _bytes = new byte[256];
    private int _start;
    private int _length;
    private bool _ended;
    private bool _broken;
    private Action? _onReadable;
    private Action? _onWritable;

    public int Length
    {
        get
        {
            lock (_lock)
            {
                return _length;
            }
        }
    }

    public int Write(ReadOnlySpan<byte> from)
    {
        Action? readable;
        int taken;
        lock (_lock)
        {
            if (_broken || _ended)
            {
                throw new IOException("The connection is broken.");
            }

            taken = Math.Min(from.Length, windowBytes - _length);
            if (taken == 0)
            {
                return from.IsEmpty ? 0 : ITransport.WouldBlock;
            }

            MakeRoom(taken);
            from[..taken].CopyTo(_bytes.AsSpan(_start + _length));
            _length += taken;
            readable = Take(ref _onReadable);
        }

        readable?.Invoke();
        return taken;
    }

    public int Read(Span<byte> into)
    {
        Action? writable;
        int taken;
        lock (_lock)
        {
            if (_broken)
            {
                throw new IOException("The connection is broken.");
            }

            if (_length == 0)
            {
                return _ended ? 0 : ITransport.WouldBlock;
            }

            taken = Math.Min(into.Length, _length);
            _bytes.AsSpan(_start, taken).CopyTo(into);
            _start += taken;
            _length -= taken;
            _start = _length == 0 ? 0 : _start;
            writable = Take(ref _onWritable);
        }

        writable?.Invoke();
        return taken;
    }

    public void End() => Finish(ref _ended);

    public void Break() => Finish(ref _broken);

    public void OnceReadable(Action action)
    {
        lock (_lock)
        {
            if (_length == 0 && !_ended && !_broken)
            {
                _onReadable = action;
                return;
            }
        }

        action();
    }

    public void OnceWritable(Action action)
    {
        lock (_lock)
        {
            if (_length >= windowBytes && !_ended && !_broken)
            {
                _onWritable = action;
                return;
            }
        }

        action();
    }

    private static Action? Take(ref Action? action)
    {
        var taken = action;
        action = null;
        return taken;
    }

    private void Finish(ref bool flag)
    {
        Action? readable;
        Action? writable;
        lock (_lock)
        {
            flag = true;
            readable = Take(ref _onReadable);
            writable = Take(ref _onWritable);
        }

        readable?.Invoke();
        writable?.Invoke();
    }

    private void MakeRoom(int bytes)
    {
        if (_start + _length + bytes <= _bytes.Length)
        {
            return;
        }

        var target = _length + bytes <= _bytes.Length ? _bytes : new byte[Math.Max(_length + bytes, _bytes.Length * 2)];
        _bytes.AsSpan(_start, _length).CopyTo(target);
        _bytes = target;
        _start = 0;
    }
}
