using LoadGen.Platform;
using Microsoft.Win32.SafeHandles;

namespace LoadGen.Bare;

/// <summary>A fresh append-only file with its own offset counter. One writer.</summary>
internal sealed unsafe class BareFile(string path) : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);

    public long NextOffset { get; set; }

    public long Position { get; private set; }

    private int Fd => (int)_handle.DangerousGetHandle();

    public void Append(byte* bytes, int length)
    {
        Libc.WriteAt(Fd, bytes, length, Position);
        Position += length;
    }

    public void Sync() => Libc.FdataSync(Fd);

    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(path);
    }
}
