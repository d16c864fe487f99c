using System.Text;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;
using CsCheck;

namespace Actors.Tests.ZooKeeperWire;

/// <summary>What clients send is read as they meant it, and what nobody can mean is a fault and nothing else.</summary>
public sealed class RequestTests
{
    [Fact]
    public void A_clients_create_is_read_byte_for_byte()
    {
        // xid 1, create, "/a", "hi", [31, world:anyone], ephemeral.
        var frame = Convert.FromHexString(
            "00000001" + "00000001" + "00000002" + "2F61" + "00000002" + "6869"
            + "00000001" + "0000001F" + "00000005" + "776F726C64" + "00000006" + "616E796F6E65" + "00000001");
        var reader = new JuteReader(frame);
        Assert.Equal(new RequestHeader(1, OpCode.Create), RequestHeader.Read(ref reader));
        var create = CreateRequest.Read(ref reader, OpCode.Create);
        Assert.False(reader.IsFaulty);
        Assert.Equal(0, reader.Remaining);
        Assert.Equal("/a", Encoding.UTF8.GetString(create.Path));
        Assert.Equal("hi", Encoding.UTF8.GetString(create.Data.Bytes));
        Assert.Equal((1, (int)CreateMode.Ephemeral, 0L), (create.Acl.Count, create.Flags, create.TtlMs));
        foreach (var entry in create.Acl)
        {
            Assert.Equal(ZnodePermissions.All, entry.Permissions);
            Assert.Equal("world", Encoding.UTF8.GetString(entry.Scheme));
            Assert.Equal("anyone", Encoding.UTF8.GetString(entry.Id));
        }
    }

    [Theory]
    [InlineData(44, false, false)]
    [InlineData(45, true, true)]
    public void A_connect_request_is_read_with_and_without_its_flag(int lengthBytes, bool hasReadOnly, bool allowsReadOnly)
    {
        var frame = Convert.FromHexString(
            "00000000" + "0000000100000002" + "00007530" + "0100000000000007" + "00000010" + "000102030405060708090A0B0C0D0E0F" + "01")[..lengthBytes];
        Assert.True(ConnectRequest.TryRead(frame, out var request));
        Assert.Equal((0x1_0000_0002, 30_000, 0x0100_0000_0000_0007), (request.LastZxidSeen, request.TimeoutMs, request.SessionId));
        Assert.Equal(16, request.Password.Length);
        Assert.Equal((hasReadOnly, allowsReadOnly), (request.HasReadOnly, request.AllowsReadOnly));
    }

    [Fact]
    public void Data_that_is_null_is_told_apart_from_data_that_is_empty()
    {
        var reader = new JuteReader(Convert.FromHexString("FFFFFFFF" + "00000000"));
        Assert.False(reader.ReadBuffer().HasValue);
        Assert.True(reader.ReadBuffer().HasValue);
        Assert.False(reader.IsFaulty);
    }

    [Fact]
    public void Every_truncation_of_every_request_is_a_fault() =>
        AnyRequest.Sample(
            request =>
            {
                var frame = request.Frame;
                Assert.False(IsFaulty(request.Type, frame));
                for (var length = 0; length < frame.Length; length++)
                {
                    Assert.True(IsFaulty(request.Type, frame.AsSpan(0, length)), $"{request.Type} cut to {length} of {frame.Length} bytes");
                }
            },
            iter: 300);

    [Fact]
    public void Any_bytes_are_read_or_a_fault_and_cost_no_memory()
    {
        const int Rounds = 20_000;
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var types = Enum.GetValues<OpCode>();
        var bytes = new byte[200];
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            Round();
        }

        // The runtime itself may allocate once while it compiles; a request must not.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < Rounds, $"seed {seed}: reading allocates");

        void Round()
        {
            random.NextBytes(bytes);
            IsFaulty(types[random.Next(types.Length)], bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1 << 20)]
    [InlineData(3)]
    public void A_count_beyond_the_bytes_that_are_left_is_a_fault(int count)
    {
        using var writer = new JuteWriter();
        writer.WriteInt64(0);
        writer.WriteInt32(count);
        writer.WriteBytes("/a"u8);
        Assert.True(IsFaulty(OpCode.SetWatches, writer.Written));
    }

    [Fact]
    public void A_length_below_zero_other_than_null_is_a_fault()
    {
        var reader = new JuteReader(Convert.FromHexString("FFFFFFFE" + "00000000"));
        reader.ReadBuffer();
        Assert.True(reader.IsFaulty);
    }

    [Fact]
    public void A_multi_ends_with_its_mark_and_nowhere_else()
    {
        using var writer = new JuteWriter();
        for (var i = 0; i < 3; i++)
        {
            writer.WriteMultiHeader(OpCode.Delete, (TreeErrorCode)(-1));
            writer.WriteBytes("/a"u8);
            writer.WriteInt32(i);
        }

        var withoutEnd = writer.Position;
        writer.WriteMultiEnd();
        Assert.Equal((3, false), WalkMulti(writer.Written));
        Assert.Equal((3, true), WalkMulti(writer.Written[..withoutEnd]));
    }

    private static (int Count, bool IsFaulty) WalkMulti(ReadOnlySpan<byte> frame)
    {
        var reader = new JuteReader(frame);
        var multi = new MultiReader();
        while (multi.MoveNext(ref reader))
        {
            Assert.Equal(OpCode.Delete, multi.Type);
            Assert.Equal(multi.Count - 1, VersionRequest.Read(ref reader).Version);
        }

        return (multi.Count, reader.IsFaulty);
    }

    private static bool IsFaulty(OpCode type, ReadOnlySpan<byte> frame)
    {
        var reader = new JuteReader(frame);
        switch (type)
        {
            case OpCode.Create or OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl:
                foreach (var entry in CreateRequest.Read(ref reader, type).Acl)
                {
                    _ = entry.Id.Length;
                }

                break;
            case OpCode.Delete or OpCode.Check:
                VersionRequest.Read(ref reader);
                break;
            case OpCode.SetData:
                SetDataRequest.Read(ref reader);
                break;
            case OpCode.SetAcl:
                SetAclRequest.Read(ref reader);
                break;
            case OpCode.Auth:
                AuthRequest.Read(ref reader);
                break;
            case OpCode.SetWatches or OpCode.SetWatches2:
                foreach (var path in SetWatchesRequest.Read(ref reader, type).Child)
                {
                    _ = path.Length;
                }

                break;
            case OpCode.CheckWatches or OpCode.RemoveWatches or OpCode.AddWatch:
                PathTypeRequest.Read(ref reader);
                break;
            case OpCode.GetData or OpCode.Exists or OpCode.GetChildren or OpCode.GetChildren2:
                WatchableRequest.Read(ref reader);
                break;
            default:
                PathRequest.Read(ref reader);
                break;
        }

        return reader.IsFaulty;
    }

    private static readonly OpCode[] s_built =
    [
        OpCode.Create, OpCode.CreateTtl, OpCode.Delete, OpCode.SetData, OpCode.SetAcl, OpCode.Auth, OpCode.SetWatches, OpCode.SetWatches2,
        OpCode.AddWatch, OpCode.GetData, OpCode.Sync,
    ];

    private static readonly Gen<byte[]> s_path = Gen.Char['a', 'z'].Array[0, 12].Select(c => Encoding.UTF8.GetBytes("/" + new string(c)));

    private static Gen<(OpCode Type, byte[] Frame)> AnyRequest { get; } = Gen.Select(
        Gen.Int[0, s_built.Length - 1],
        s_path.Array[1, 4],
        Gen.Byte.Array[0, 20],
        Gen.Int).Select((type, paths, data, number) => (s_built[type], Build(s_built[type], paths, data, number)));

    private static byte[] Build(OpCode type, byte[][] paths, byte[] data, int number)
    {
        using var writer = new JuteWriter();
        switch (type)
        {
            case OpCode.SetWatches or OpCode.SetWatches2:
                writer.WriteInt64(number);
                for (var list = 0; list < (type == OpCode.SetWatches2 ? 5 : 3); list++)
                {
                    writer.WriteInt32(paths.Length);
                    Array.ForEach(paths, p => writer.WriteBytes(p));
                }

                return writer.Written.ToArray();
            case OpCode.Auth:
                writer.WriteInt32(0);
                writer.WriteBytes("digest"u8);
                writer.WriteBytes(data);
                return writer.Written.ToArray();
        }

        writer.WriteBytes(paths[0]);
        if (type is OpCode.Create or OpCode.CreateTtl or OpCode.SetData)
        {
            writer.WriteBytes(data);
        }

        if (type is OpCode.Create or OpCode.CreateTtl or OpCode.SetAcl)
        {
            writer.WriteInt32(paths.Length);
            foreach (var id in paths)
            {
                writer.WriteInt32(number);
                writer.WriteBytes("digest"u8);
                writer.WriteBytes(id);
            }
        }

        if (type == OpCode.GetData)
        {
            writer.WriteBool(true);
        }
        else if (type != OpCode.Sync)
        {
            writer.WriteInt32(number);
        }

        if (type == OpCode.CreateTtl)
        {
            writer.WriteInt64(number);
        }

        return writer.Written.ToArray();
    }
}
