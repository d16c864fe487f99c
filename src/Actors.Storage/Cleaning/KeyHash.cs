using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Actors.Storage.Cleaning;

/// <summary>A key's place in an <see cref="OffsetMap"/>.</summary>
internal readonly record struct KeyDigest(ulong Low, ulong High);

/// <summary>
/// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein), keyed anew for every cleaning. Two keys with one digest would be taken for
/// one key, and the older record would be lost: 128 bits make that a matter of 2⁻⁶⁴ even at 2³² keys, and a secret key keeps whoever writes
/// records from making collisions. Kafka takes MD5, which is slower and for which collisions can be made.
/// </summary>
internal sealed class KeyHash
{
    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <summary>A hash with a key that nobody knows.</summary>
    public KeyHash()
    {
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        (_key0, _key1) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));
    }

    /// <summary>A hash with a known key, for tests.</summary>
    public KeyHash(ulong key0, ulong key1) => (_key0, _key1) = (key0, key1);

    public KeyDigest Compute(ReadOnlySpan<byte> bytes)
    {
        var state = new State(_key0, _key1);
        var last = (ulong)bytes.Length << 56;
        while (bytes.Length >= 8)
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            last |= (ulong)bytes[i] << (8 * i);
        }

        state.Take(last);
        return state.Finish();
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575;
        private ulong _v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        private ulong _v2 = key0 ^ 0x6c7967656e657261;
        private ulong _v3 = key1 ^ 0x7465646279746573;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Take(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public KeyDigest Finish()
        {
            _v2 ^= 0xee;
            Rounds();
            var low = _v0 ^ _v1 ^ _v2 ^ _v3;
            _v1 ^= 0xdd;
            Rounds();
            return new KeyDigest(low, _v0 ^ _v1 ^ _v2 ^ _v3);
        }

        private void Rounds()
        {
            Round();
            Round();
            Round();
            Round();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 += _v3;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 += _v1;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
