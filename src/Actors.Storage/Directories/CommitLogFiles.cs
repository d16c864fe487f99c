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

        /// <summary>
        /// Where a round was found that is not whole, or null. Nothing of the kind follows it: a crash leaves that, and so may a bit that flips.
        /// </summary>
        public string? Cut { get; set; }

        /// <summary>Batches in the order in which they were written.</summary>
        public List<Batch> Batches { get; } = [];
    }

    /// <summary>What the directory's other files say of the commit log.</summary>
    /// <param name="Seed">What the checksums begin with.</param>
    /// <param name="Mark">What the checkpoint counts on: generations below hold only what is known to be elsewhere.</param>
    /// <param name="FileBytes">Least length of both files; 0: there need not be any.</param>
    /// <param name="GenerationOnly">Whether nothing in it counts, the directory having been closed clean.</param>
    public readonly record struct Expected(uint Seed, CommitLogMark Mark, int FileBytes, bool GenerationOnly);

    /// <summary>Reads both files into <paramref name="content"/>, which has what was found on failure too.</summary>
    /// <exception cref="StorageCorruptionException">
    /// A round is damaged, and good ones of the same generation follow; or something is missing that was synced.
    /// </exception>
    public static void Read(IStorageDevice device, string directory, in Expected expected, Content content)
    {
        var (seed, from, generationOnly) = (expected.Seed, expected.Mark.From, expected.GenerationOnly);
        var files = new List<OneFile>();
        StorageCorruptionException? missing = null;
        for (var i = 0; i < 2; i++)
        {
            var path = Path.Combine(directory, CommitLogFormat.FileName(i));
            if (DurableFile.Read(device, path) is { } bytes)
            {
                var first = CommitLogFormat.TryReadHead(bytes, seed, out var round) ? round.Generation : 0;
                files.Add(new OneFile(path, bytes, seed, first, LatestGeneration(bytes, seed)));
            }

            var length = device.GetLength(path);
            if (expected.FileBytes > 0 && length < expected.FileBytes && !generationOnly)
            {
                missing ??= new StorageCorruptionException(
                    (length < 0 ? $"{path} is missing" : $"{path} has {length} bytes, and {expected.FileBytes} were there")
                    + $": synced records are lost that may be nowhere else. Restore it from a copy. {OpenedDirectory.HowToAcceptLoss(directory)}");
            }
        }

        files.Sort(static (a, b) => a.Generation.CompareTo(b.Generation));
        var rounds = 0L;
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
                var read = ReadGeneration(content, file);
                rounds = file.Generation == from ? read : rounds;
            }
            else if (file.Latest > files.Where(f => f != file).Max(f => (long?)f.Latest).GetValueOrDefault())
            {
                // A crash tears the first round before any other of its generation is written; what follows it then is an older lap.
                throw Damaged(file.Path, 0, "good rounds of the latest generation follow");
            }
        }

        if (missing is not null)
        {
            throw missing;
        }

        if (rounds < expected.Mark.Rounds && !generationOnly)
        {
            throw Damaged(
                Path.Combine(directory, CommitLogFormat.FileName(0)), 0,
                $"it and its like have {rounds} rounds of generation {from}, of which {expected.Mark.Rounds} were synced");
        }
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

    private static StorageCorruptionException Damaged(string path, int at, string why) =>
        new($"{path} is damaged at byte {at}: {why}, so that synced records are lost that may be nowhere else. Restore it from a copy. "
            + OpenedDirectory.HowToAcceptLoss(Path.GetDirectoryName(path)!));

    /// <summary>Answers the number of good rounds.</summary>
    private static long ReadGeneration(Content content, OneFile file)
    {
        var (bytes, generation) = (file.Bytes, file.Generation);
        var at = 0;
        var sequence = 0L;
        for (; at < bytes.Length; sequence++)
        {
            if (!CommitLogFormat.TryReadHead(bytes.AsSpan(at), file.Seed, out var round) || round.Generation != generation || round.Sequence != sequence)
            {
                CheckNothingFollows(file, at, sequence);
                if (round.TotalBytes == 0 && CommitLogFormat.LooksLikeHead(bytes.AsSpan(at), generation, sequence))
                {
                    content.Cut = $"{file.Path} at byte {at}, round {sequence} of generation {generation}";
                }

                return sequence;
            }

            var whole = bytes.AsMemory(at, round.TotalBytes);
            var next = at + AlignedBytes(round);
            if (!TryReadBatches(content.Batches, whole, round))
            {
                CheckNothingFollows(file, next, sequence);
                content.Cut = $"{file.Path} at byte {at}, round {sequence} of generation {generation}";
                return sequence;
            }

            at = next;
        }

        return sequence;
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
                throw Damaged(file.Path, from, $"a good round follows at {at}");
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
