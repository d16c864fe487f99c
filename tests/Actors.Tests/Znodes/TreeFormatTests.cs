using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Actors.Tests.Znodes;

/// <summary>The bytes of tree commands and images are on disk: these rows change only together with a new version.</summary>
public sealed class TreeFormatTests
{
    private const string Head = "0100000000000001 0000000000000005 01 01 036970 08312e322e332e34";
    private static readonly IReadOnlyList<ZnodeIdentity> s_identities = [new("ip", "1.2.3.4")];

    public static TheoryData<string, string, CommandKind> Golden() => new()
    {
        {
            "create", $"1001 03 {Head} 00000001 ffffffffffffffff 032f61 0278 02 0000001f 06776f726c64 07616e796f6e65",
            CommandKind.CreateZnode
        },
        { "create null", $"1001 03 {Head} 00000005 0000000000000009 032f61 00 00", CommandKind.CreateZnode },
        { "versioned", $"1101 03 {Head} ffffffff 032f61", CommandKind.DeleteZnode },
        { "set", $"1201 03 {Head} 00000002 032f61 0278", CommandKind.SetZnodeData },
        { "acl", $"1301 03 {Head} 00000002 032f61 02 00000001 00 01", CommandKind.SetZnodeAcl },
        { "multi", $"1401 03 {Head} 02 1c 00000002 032f61 11 ffffffff 032f61", CommandKind.MultiZnode },
        { "session", $"1501 03 {Head} 00002710", CommandKind.CreateSession },
        { "nothing", $"1601 03 {Head}", CommandKind.CloseSession },
        { "session", $"1701 03 {Head} 00002710", CommandKind.MoveSession },
        { "owner", $"1801 03 {Head} 0000000000000007 0000000000000008", CommandKind.ExpireSession },
        { "expired", $"1901 03 {Head} 0000000000000007 0000000000000008 032f61", CommandKind.DeleteExpiredZnode },
        { "error", $"1a01 03 {Head} fffffffb", CommandKind.FailedWrite },
        { "settings", $"1b01 03 {Head} 05 0873757065723a78", CommandKind.ChangeTreeSettings },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_command_has_these_bytes(string body, string hex, CommandKind kind)
    {
        var writer = new TreeCommandWriter();
        writer.Begin(kind, new TreeCaller(0x0100_0000_0000_0001, 5, s_identities));
        Write(writer, body);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(), Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Identities_are_written_once_per_batch()
    {
        var writer = new TreeCommandWriter();
        writer.Begin(CommandKind.CloseSession, new TreeCaller(1, -1, s_identities));
        Assert.Equal("16010200000000000000010101036970" + "08312E322E332E34", Convert.ToHexString(writer.Written));
        writer.Begin(CommandKind.CloseSession, new TreeCaller(1, -1, s_identities, Operation: 7, LowestUnanswered: 6));
        Assert.Equal("160104000000000000000100000000000000070000000000000006" + "01", Convert.ToHexString(writer.Written));
        writer.Begin(CommandKind.CloseSession, new TreeCaller(1, -1, []));
        Assert.Equal("160100000000000000000100", Convert.ToHexString(writer.Written));
        writer.BeginBatch();
        writer.Begin(CommandKind.CloseSession, new TreeCaller(1, -1, s_identities));
        Assert.Equal("16010200000000000000010101036970" + "08312E322E332E34", Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void An_image_has_these_bytes()
    {
        var log = TreeLog.WithSession(0x0100_0000_0000_0001);
        log.Create("/a", 0x0100_0000_0000_0001, flags: 1, data: null);
        var head = new CommandWriter();
        var image = log.Tree.BeginImage(head);
        var znodes = new CommandWriter();
        Assert.False(log.Tree.WriteImage(image, znodes, 100));
        Assert.Equal(
            Hex("0000000000000000 00000005 06 00 02 00000000 02 0000001f 06776f726c64 07616e796f6e65 00000001 02 00000001 06776f726c64 07616e796f6e65"
                + "01 0100000000000001 00002710 ffffffffffffffff ffffffffffffffff 00")[16..],
            Convert.ToHexString(head.Written)[16..]);
        Assert.EndsWith(
            Hex("00000005 00000000 0261 0000000100000002 0000000100000002 0000000100000002 000000000000001e 000000000000001e 0100000000000001"
                + "00000000 00000000 00000000 00000000 00"),
            Convert.ToHexString(znodes.Written));
    }

    private static string Hex(string hex) => hex.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();

    private static void Write(TreeCommandWriter writer, string body)
    {
        switch (body)
        {
            case "create":
                writer.WriteCreate(1, -1, "/a"u8, "x"u8, false, [ZnodeAcl.Open]);
                break;
            case "create null":
                writer.WriteCreate(5, 9, "/a"u8, default, true, null);
                break;
            case "versioned":
                writer.WriteVersioned("/a"u8, -1);
                break;
            case "set":
                writer.WriteSetData("/a"u8, 2, "x"u8, false);
                break;
            case "acl":
                writer.WriteSetAcl("/a"u8, 2, [new ZnodeAcl(ZnodePermissions.Read, null, "")]);
                break;
            case "multi":
                writer.WriteMulti(2);
                writer.BeginOperation(CommandKind.CheckZnode);
                writer.WriteVersioned("/a"u8, 2);
                writer.BeginOperation(CommandKind.DeleteZnode);
                writer.WriteVersioned("/a"u8, -1);
                break;
            case "session":
                writer.WriteSession(10_000);
                break;
            case "owner":
                writer.WriteSeenOwner(7, 8);
                break;
            case "expired":
                writer.WriteExpired("/a"u8, 7, 8);
                break;
            case "error":
                writer.WriteError(TreeErrorCode.MarshallingError);
                break;
            case "settings":
                writer.WriteSettings(new TreeSettings(true, false, true, "super:x"));
                break;
            default:
                break;
        }
    }
}
