using System.Diagnostics;
using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Directories;

/// <summary>
/// The commit log of a directory: two files written with zeros once and then over and over again in turn. A round that touches many
/// partitions is written here in one piece and synced once; the partitions' own files get it later, and a file is written over when a
/// checkpoint has synced them. Overwriting blocks that exist makes a sync cheaper than appending does. Log thread, but for
/// <see cref="Prepare"/>.
/// </summary>
internal sealed class CommitLog : IDisposable
{
    private readonly IStorageDevice _device;
    private readonly string _directory;
    private readonly int _fileBytes;
    private readonly uint _seed;
    private readonly IStorageFile?[] _files = new IStorageFile?[2];
    private readonly bool[] _isInUse = new bool[2];
    private byte[] _head = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private int _current;
    private long _generation;
    private long _sequence;
    private long _position;
    private int _batches;
    private long _batchBytes;
    private volatile bool _isReady;

    public CommitLog(IStorageDevice device, string directory, int fileBytes, uint seed, long lastGeneration)
    {
        Debug.Assert(fileBytes % CommitLogFormat.Alignment == 0, "a commit log file does not end at a round's boundary");
        _device = device;
        _directory = directory;
        _fileBytes = fileBytes;
        _seed = seed;
        _generation = lastGeneration;
        FirstGeneration = lastGeneration + 1;
    }

    /// <summary>Whether the files are there, written with zeros, and the register says so.</summary>
    public bool IsReady => _isReady;

    /// <summary>Bytes of each file, at least.</summary>
    public int FileBytes => _fileBytes;

    /// <summary>First generation that this process writes.</summary>
    public long FirstGeneration { get; }

    /// <summary>Bytes of the current file in use.</summary>
    public long UsedBytes => _position;

    /// <summary>The first generation that holds anything written from now on.</summary>
    public long NextFrom => _isInUse[_current] ? _generation : _generation + 1;

    /// <summary>Rounds of a generation that are synced, as far as it is the one that is being written.</summary>
    public long SyncedRounds(long generation) => generation == _generation && _isInUse[_current] && !IsDirty ? _sequence : 0;

    /// <summary>Whether the last round was written but not synced.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Makes the files. Background thread, once; rounds use the partitions' own files until then.</summary>
    public void Prepare()
    {
        var zeros = GC.AllocateArray<byte>(1 << 20, pinned: true);
        for (var i = 0; i < 2; i++)
        {
            var file = _device.Open(Path.Combine(_directory, CommitLogFormat.FileName(i)), writable: true);
            _files[i] = file;
            var length = file.Length;
            for (var at = length; at < _fileBytes; at += zeros.Length)
            {
                file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, _fileBytes - at)), at);
            }

            file.Sync(); // what is there may have been left in the page cache by a process that died before it synced
        }

        _device.SyncDirectory(_directory);
    }

    /// <summary>The files count from here on.</summary>
    public void MakeReady() => _isReady = true;

    /// <summary>Whether a round of that many batches and bytes can be written now.</summary>
    public bool HasRoom(int batches, long batchBytes)
    {
        if (!_isReady)
        {
            return false;
        }

        var bytes = CommitLogFormat.RoundBytes(batches, batchBytes);
        return (_isInUse[_current] || TryBegin()) && _position + bytes <= _fileBytes;
    }

    /// <summary>
    /// Turns to the other file, if that is free: a checkpoint that begins now covers everything in the old one. Answers the index of
    /// the file left, to be released after the checkpoint, or -1 if nothing changed.
    /// </summary>
    public int TryBeginGeneration()
    {
        if (!_isReady || !_isInUse[_current] || _isInUse[1 - _current])
        {
            return -1;
        }

        var left = _current;
        _current = 1 - _current;
        TryBegin();
        return left;
    }

    /// <summary>Everything in a file is synced in the partitions' own files: it may be written over.</summary>
    public void Release(int index) => _isInUse[index] = false;

    /// <summary>Adds a batch to the round's table. The batch's bytes go into the write in the same order.</summary>
    public void Add(int number, ReadOnlySpan<byte> batch)
    {
        var at = CommitLogFormat.HeaderBytes + (_batches * CommitLogFormat.TableEntryBytes);
        if (at + CommitLogFormat.TableEntryBytes > _head.Length)
        {
            var grown = GC.AllocateUninitializedArray<byte>(_head.Length * 2, pinned: true);
            _head.CopyTo(grown, 0);
            _head = grown;
        }

        CommitLogFormat.WriteEntry(_head.AsSpan(at), number, batch);
        _batches++;
        _batchBytes += batch.Length;
    }

    /// <summary>
    /// Writes the round. The first segment is a place for the header, set here; the others are the batches in order.
    /// </summary>
    public void Write(List<WriteSegment> segments)
    {
        var headBytes = CommitLogFormat.HeaderBytes + (_batches * CommitLogFormat.TableEntryBytes);
        CommitLogFormat.WriteHeader(_head.AsSpan(0, headBytes), _seed, _generation, _sequence, _batches, _batchBytes);
        segments[0] = new WriteSegment(_head, 0, headBytes);
        _files[_current]!.Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(segments), _position);
        _position += CommitLogFormat.RoundBytes(_batches, _batchBytes);
        _sequence++;
        _batches = 0;
        _batchBytes = 0;
        IsDirty = true;
    }

    /// <summary>Makes the round durable.</summary>
    public void Sync()
    {
        _files[_current]!.Sync();
        IsDirty = false;
    }

    public void Dispose()
    {
        foreach (var file in _files)
        {
            file?.Dispose();
        }
    }

    /// <summary>
    /// Begins a generation with a round of no batches, synced: from here on a file that does not have it is damaged, and no torn round
    /// lets what an older generation left behind look like the newest.
    /// </summary>
    private bool TryBegin()
    {
        _isInUse[_current] = true;
        _generation++;
        var head = _head.AsSpan(0, CommitLogFormat.HeaderBytes);
        CommitLogFormat.WriteHeader(head, _seed, _generation, 0, 0, 0);
        _files[_current]!.Write(head, 0);
        _files[_current]!.Sync();
        _sequence = 1;
        _position = CommitLogFormat.RoundBytes(0, 0);
        return true;
    }
}
