using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Directories;

/// <summary>Reads what the commit log files hold when a directory is opened.</summary>
internal static class CommitLogFiles
{
    /// <summary>One batch found.</summary>
    public readonly record struct Batch(int Number, ReadOnlyMemory<byte> Bytes);

    /// <summary>What was found.</summary>
    public sealed class Content
    {
        /// <summary>Latest generation seen in any file, 0 for none.</summary>
        public long LastGeneration { get; set; }

        /// <summary>Batches in the order in which they were written.</summary>
        public List<Batch> Batches { get; } = [];
    }

    /// <summary>
    /// Reads both files. What generations below <paramref name="from"/> hold is known to be elsewhere; with
    /// <paramref name="generationOnly"/>, what any holds.
    /// </summary>
    /// <exception cref="StorageCorruptionException">A round is damaged, and good ones of the same generation follow.</exception>
    public static Content Read(IStorageDevice device, string directory, uint seed, long from, bool generationOnly)
    {
        var content = new Content();
        var files = new List<OneFile>();
        for (var i = 0; i < 2; i++)
        {
            var path = Path.Combine(directory, CommitLogFormat.FileName(i));
            if (FileReplacement.Read(device, path) is { } bytes)
            {
                var first = CommitLogFormat.TryReadHead(bytes, seed, out var round) ? round.Generation : 0;
                files.Add(new OneFile(path, bytes, seed, first, LatestGeneration(bytes, seed)));
            }
        }

        files.Sort(static (a, b) => a.Generation.CompareTo(b.Generation));
        foreach (var file in files)
        {
            // A torn first round may have been of the generation behind the latest one seen.
            content.LastGeneration = Math.Max(content.LastGeneration, file.Latest + 1);
            if (generationOnly || file.Latest < from)
            {
                continue;
            }

            if (file.Generation >= Math.Max(1, from))
            {
                ReadGeneration(content.Batches, file);
            }
            else if (file.Latest > files.Where(f => f != file).Max(f => (long?)f.Latest).GetValueOrDefault())
            {
                // A crash tears the first round before any other of its generation is written; what follows it then is an older lap.
                throw Damaged(file, 0, "good rounds of the latest generation follow");
            }
        }

        return content;
    }

    private static long LatestGeneration(byte[] bytes, uint seed)
    {
        var latest = 0L;
        for (var at = 0; at < bytes.Length; at += CommitLogFormat.Alignment)
        {
            if (CommitLogFormat.TryReadHead(bytes.AsSpan(at), seed, out var round))
            {
                latest = Math.Max(latest, round.Generation);
                at += AlignedBytes(round) - CommitLogFormat.Alignment;
            }
        }

        return latest;
    }

    private static int AlignedBytes(in CommitLogRound round) =>
        (int)CommitLogFormat.RoundBytes(0, round.TotalBytes - CommitLogFormat.HeaderBytes);

    private static StorageCorruptionException Damaged(OneFile file, int at, string why) =>
        new($"{file.Path} is damaged at byte {at}: {why}, so that synced records are lost that may be nowhere else. "
            + "Restore it from a copy, or accept the loss by moving the file away.");

    private static void ReadGeneration(List<Batch> batches, OneFile file)
    {
        var (bytes, generation) = (file.Bytes, file.Generation);
        var at = 0;
        for (var sequence = 0L; at < bytes.Length; sequence++)
        {
            if (!CommitLogFormat.TryReadHead(bytes.AsSpan(at), file.Seed, out var round) || round.Generation != generation || round.Sequence != sequence)
            {
                CheckNothingFollows(file, at, sequence);
                return;
            }

            var whole = bytes.AsMemory(at, round.TotalBytes);
            var next = at + AlignedBytes(round);
            if (!TryReadBatches(batches, whole, round))
            {
                CheckNothingFollows(file, next, sequence);
                return;
            }

            at = next;
        }
    }

    /// <summary>A round is synced before the next one is written: behind one that a crash tore there is none.</summary>
    private static void CheckNothingFollows(OneFile file, int from, long sequence)
    {
        var at = (from + CommitLogFormat.Alignment - 1) / CommitLogFormat.Alignment * CommitLogFormat.Alignment;
        for (; at < file.Bytes.Length; at += CommitLogFormat.Alignment)
        {
            if (CommitLogFormat.TryReadHead(file.Bytes.AsSpan(at), file.Seed, out var round)
                && round.Generation == file.Generation && round.Sequence > sequence)
            {
                throw Damaged(file, from, $"a good round follows at {at}");
            }
        }
    }

    /// <summary>Adds a round's batches; the good ones before the first bad one where the round is torn.</summary>
    private static bool TryReadBatches(List<Batch> batches, ReadOnlyMemory<byte> whole, in CommitLogRound round)
    {
        var position = round.HeadBytes;
        for (var i = 0; i < round.BatchCount; i++)
        {
            var (number, size) = CommitLogFormat.ReadEntry(whole.Span, i);
            if (size < 0 || size > whole.Length - position || !CommitLogFormat.Matches(whole.Span, i, whole.Span.Slice(position, size)))
            {
                return false;
            }

            batches.Add(new Batch(number, whole.Slice(position, size)));
            position += size;
        }

        return true;
    }

    private sealed record OneFile(string Path, byte[] Bytes, uint Seed, long Generation, long Latest);
}
