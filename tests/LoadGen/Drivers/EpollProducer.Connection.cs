using LoadGen.Platform;

namespace LoadGen.Drivers;

internal sealed unsafe partial class EpollProducer
{
    /// <summary>One connection's place in the conversation. The correlation id is the number of the request on its connection.</summary>
    private sealed class Connection(BlockingSocket socket, int inFlight)
    {
        private byte[] _leftover = [];

        public BlockingSocket Socket { get; } = socket;
        public long[] SentAt { get; } = new long[inFlight];
        public int Sent { get; set; }
        public int Answered { get; set; }

        /// <summary>Bytes of a reply that was not whole yet.</summary>
        public int Leftover { get; private set; }

        public void TakeLeftover(byte* target) => _leftover.AsSpan(0, Leftover).CopyTo(new Span<byte>(target, Leftover));

        public void KeepLeftover(ReadOnlySpan<byte> bytes)
        {
            if (_leftover.Length < bytes.Length)
            {
                _leftover = new byte[bytes.Length];
            }

            bytes.CopyTo(_leftover);
            Leftover = bytes.Length;
        }
    }
}
