using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LoadGen.ZooKeeper;

/// <summary>
/// A pre-built request whose path ends in ten digits: per request only the xid and the digits are patched.
/// <code>
/// length 4 | xid 4 | type 4 | path length 4 | path ... dddddddddd | the rest of the operation's record
/// </code>
/// </summary>
internal sealed class RequestTemplate
{
    public const int Digits = 10;
    private const int XidAt = 4;
    private const int PathAt = 16;
    private readonly int _digitsAt;

    public RequestTemplate(TreeOperation operation, string prefix, int valueBytes, bool watch = false)
    {
        Operation = operation;
        var path = Encoding.UTF8.GetBytes(prefix + new string('0', Digits));
        using var bytes = new MemoryStream();
        void Int(int value)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(four, value);
            bytes.Write(four);
        }

        Int(0);
        Int(0);
        Int((int)operation);
        Int(path.Length);
        bytes.Write(path);
        switch (operation)
        {
            case TreeOperation.Create:
                Int(valueBytes);
                bytes.Write(new byte[valueBytes]);
                WriteOpenAcl(bytes, Int);
                Int(0);
                break;
            case TreeOperation.Set:
                Int(valueBytes);
                bytes.Write(new byte[valueBytes]);
                Int(-1);
                break;
            case TreeOperation.Delete:
                Int(-1);
                break;
            default:
                bytes.WriteByte(watch ? (byte)1 : (byte)0);
                break;
        }

        Frame = bytes.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(Frame, Frame.Length - 4);
        _digitsAt = PathAt + path.Length - Digits;
    }

    public TreeOperation Operation { get; }

    public byte[] Frame { get; }

    /// <summary>Makes a copy of the frame the request <paramref name="xid"/> about the znode <paramref name="number"/>.</summary>
    public void Patch(Span<byte> frame, int xid, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame[XidAt..], xid);
        var digits = frame.Slice(_digitsAt, Digits);
        for (var i = Digits - 1; i >= 0; i--)
        {
            (number, var digit) = int.DivRem(number, 10);
            digits[i] = (byte)('0' + digit);
        }
    }

    public static string Name(int number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private static void WriteOpenAcl(MemoryStream bytes, Action<int> writeInt)
    {
        writeInt(1);
        writeInt(31);
        writeInt(5);
        bytes.Write("world"u8);
        writeInt(6);
        bytes.Write("anyone"u8);
    }
}
