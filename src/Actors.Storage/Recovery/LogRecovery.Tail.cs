using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage.Recovery;

/// <summary>Beyond the recovery point: every batch is read; an unfinished end is cut, and kept aside.</summary>
internal sealed partial class LogRecovery
{
    private const int CopyBytes = 1 << 20;

    private void ScanBeyond(in CheckpointEntry start)
    {
        var first = start.SegmentBase;
        var weak = start.IsWeak || !_config.SyncsEveryRound;
        var limit = weak ? _options.MaxUnsyncedBytes + _options.MaxRoundBytes : 2L * _options.MaxRoundBytes;
        for (var i = 0; i < _log.Segments.Count; i++)
        {
            var segment = _log.Segments[i];
            if (segment.BaseOffset < first)
            {
                continue;
            }

            if (segment.BaseOffset > first)
            {
                // Begun after the checkpoint: its indexes are made anew.
                segment.OffsetIndex.Trust(0, -1);
                segment.TimeIndex.Trust(0, -1);
            }

            using var scanner = new BatchScanner(segment.OpenFile(), _leases, segment.SizeBytes, Math.Max(_log.End, segment.BaseOffset));
            ScanSegment(segment, scanner);
            var next = i + 1 < _log.Segments.Count ? _log.Segments[i + 1] : null;
            var problem = scanner.Problem;
            if (problem is null && next is not null && next.BaseOffset != _log.End)
            {
                // The end of this file never reached the disk, and the next one did.
                problem = $"the segment ends, and the next one begins at offset {next.BaseOffset}";
            }

            if (problem is not null && next?.BaseOffset == _log.End && EndsInPrewrittenZeros(segment, scanner))
            {
                problem = null;
            }

            if (problem is not null)
            {
                CutAt(i, scanner, limit, problem);
                return;
            }

            CutIndexFiles(segment);
            if (next is not null)
            {
                segment.AppendTimeEntry();
                if (segment.TimeIndex.WrittenCount > 0)
                {
                    segment.TimeIndex.SyncFound();
                }
            }
        }
    }

    /// <summary>A full segment whose cutting to its batches did not reach the disk.</summary>
    private bool EndsInPrewrittenZeros(LogSegment segment, BatchScanner scanner)
    {
        if (_config.PrewriteBytes <= 0 || !DamageSearch.Run(scanner, scanner.Position, 0, _log.End, long.MaxValue).OnlyZeros)
        {
            return false;
        }

        segment.OpenFile().SetLength(scanner.Position);
        segment.IsDirty = true;
        return true;
    }

    private void ScanSegment(LogSegment segment, BatchScanner scanner)
    {
        var begin = scanner.Position;
        while (scanner.TryNext(out var info, out _))
        {
            segment.Append(info, _config.IndexIntervalBytes);
            Fold(info, _log.Epochs, _log.Producers);
            _log.ProducersChanged |= info.HasProducerId;
            _log.End = info.NextOffset;
        }

        segment.FileBytes = segment.SizeBytes;
        segment.InheritedBytes = segment.SizeBytes;
        if (scanner.Position > begin)
        {
            segment.IsDirty = true;
            _changed = true;
        }
    }

    /// <summary>Decides what a bad place is: the end of a prewritten segment, what a crash left, or damage.</summary>
    private void CutAt(int index, BatchScanner scanner, long limit, string problem)
    {
        var segment = _log.Segments[index];
        var at = scanner.Position;
        var later = _log.Segments.Skip(index + 1).ToList();
        var found = DamageSearch.Run(scanner, at, 0, _log.End, limit);
        var seen = found.LastOffset;
        var distance = scanner.FileBytes - at;
        var far = found.FarBatchAt >= 0 ? $"{segment.Path} has a good batch at byte {found.FarBatchAt}" : null;
        foreach (var next in later.Where(_ => far is null))
        {
            using var more = new BatchScanner(next.OpenFile(), _leases, 0, next.BaseOffset);
            var result = DamageSearch.Run(more, 0, distance, Math.Max(_log.End, next.BaseOffset), limit);
            far = result.FarBatchAt >= 0 ? $"{next.Path} has a good batch at byte {result.FarBatchAt}" : null;
            seen = Math.Max(seen, result.LastOffset);
            distance += more.FileBytes;
        }

        if (found.OnlyZeros && later.Count == 0 && _config.PrewriteBytes > 0)
        {
            segment.PrewrittenBytes = scanner.FileBytes;
            CutIndexFiles(segment);
            return;
        }

        if (far is null && _entry.NeedsLastSegment && _log.End < _entry.LastSegmentBase)
        {
            far = $"everything below offset {_entry.LastSegmentBase} was synced when a segment began there";
        }

        if (far is not null && !_acceptLoss)
        {
            throw Refuse($"{segment.Path} is damaged at byte {at} (offset {_log.End}): {problem}; a crash does not explain it, since {far}");
        }

        Cut(segment, later, at, scanner.FileBytes, seen);
    }

    private void Cut(LogSegment segment, List<LogSegment> later, long at, long fileBytes, long lastSeen)
    {
        var kept = KeepTorn(segment, at, fileBytes);
        var bytes = fileBytes - at;
        NoteLastSegment(segment.BaseOffset);
        segment.OpenFile().SetLength(at);
        segment.IsDirty = true;
        CutIndexFiles(segment);
        foreach (var next in later)
        {
            bytes += next.OpenFile().Length;
            next.Close();
            _device.Rename(next.Path, FreeName(next.Path + FileText.TornSuffix));
            _device.DeleteFile(next.OffsetIndex.Path);
            _device.DeleteFile(next.TimeIndex.Path);
            _log.Segments.Remove(next);
        }

        _changed = true;
        _log.Cut = new LogCut(_entry.Identity, _log.End, lastSeen, bytes, kept);
    }

    private string KeepTorn(LogSegment segment, long from, long fileBytes)
    {
        var path = FreeName(segment.Path + FileText.TornSuffix);
        using var to = _device.Open(path, writable: true);
        to.SetLength(0);
        var buffer = new byte[Math.Min(CopyBytes, fileBytes - from)];
        for (var at = from; at < fileBytes; at += buffer.Length)
        {
            var read = segment.OpenFile().Read(buffer, at);
            to.Write(buffer.AsSpan(0, read), at - from);
        }

        to.Sync();
        return path;
    }

    private string FreeName(string path)
    {
        var free = path;
        for (var n = 1; _device.GetLength(free) >= 0; n++)
        {
            free = $"{path}.{n}";
        }

        return free;
    }

    /// <summary>Entries beyond what was taken are overwritten or cut; new ones are written with the next checkpoint.</summary>
    private void CutIndexFiles(LogSegment segment)
    {
        foreach (var index in new[] { segment.OffsetIndex, segment.TimeIndex })
        {
            var keep = (long)index.WrittenCount * index.EntryBytes;
            if (_device.GetLength(index.Path) > keep)
            {
                index.CutFile(keep);
                segment.IndexesDirty = true;
            }
        }
    }
}
