namespace Actors.Model;

/// <content>
/// Joining checksums. A checksum is a remainder over GF(2), so that of A followed by n bytes B is that of A times x^(8n), plus
/// (xor) that of B begun at 0. Multiplying by a fixed x^(8n) is linear: four table look-ups, one for each byte of the checksum.
/// </content>
public static partial class Crc32C
{
    // Castagnoli's polynomial without its leading term, bits reflected: bit 31 is x^0.
    private const uint Polynomial = 0x82F63B78;
    private const uint One = 1u << 31;
    private const uint ByteShift = One >> 8;
    private static readonly uint[] LongShift = ShiftTable(LongStretchBytes);
    private static readonly uint[] ShortShift = ShiftTable(ShortStretchBytes);

    private static uint Shift(uint[] table, uint crc) =>
        table[crc & 0xff] ^ table[256 + ((crc >> 8) & 0xff)] ^ table[512 + ((crc >> 16) & 0xff)] ^ table[768 + (crc >> 24)];

    private static uint[] ShiftTable(int bytes)
    {
        var factor = One;
        for (var i = 0; i < bytes; i++)
        {
            factor = Multiply(factor, ByteShift);
        }

        var table = new uint[4 * 256];
        for (var place = 0; place < 4; place++)
        {
            for (uint value = 0; value < 256; value++)
            {
                table[(place * 256) + value] = Multiply(value << (8 * place), factor);
            }
        }

        return table;
    }

    // Product modulo the polynomial.
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }
}
