using Actors.Kafka.Wire;
using KafkaSchemas;

namespace Actors.Tests.KafkaWire;

/// <summary>One generated message with its schema, reachable without knowing its type.</summary>
internal sealed class MessageCodec
{
    private readonly Func<ReadOnlyMemory<byte>, short, object> _read;
    private readonly Action<KafkaWriter, object, short> _write;

    private MessageCodec(ApiSchema api, bool isRequest, Type type, Func<ReadOnlyMemory<byte>, short, object> read, Action<KafkaWriter, object, short> write)
    {
        Api = api;
        IsRequest = isRequest;
        Type = type;
        _read = read;
        _write = write;
    }

    public static List<ApiSchema> Apis { get; } = SchemaParser.ParseFolder(GeneratedFilesTests.SchemaFolder);

    public static IReadOnlyList<MessageCodec> All { get; } =
        [.. Apis.SelectMany(a => new[] { Of(a, isRequest: true), Of(a, isRequest: false) })];

    public ApiSchema Api { get; }

    public bool IsRequest { get; }

    public Type Type { get; }

    public StructSchema Schema => IsRequest ? Api.Request : Api.Response;

    public IEnumerable<short> Versions => Enumerable.Range(Api.Versions.First, Api.Versions.Last - Api.Versions.First + 1).Select(v => (short)v);

    public static MessageCodec Find(int key, bool isRequest) => All.Single(c => c.Api.Key == key && c.IsRequest == isRequest);

    /// <summary>Reads a whole body.</summary>
    public object Read(ReadOnlyMemory<byte> body, short version) => _read(body, version);

    /// <summary>Writes a body; records are taken from <paramref name="source"/>, where their ranges point.</summary>
    public byte[] Write(object message, short version, ReadOnlyMemory<byte> source)
    {
        using var writer = new KafkaWriter();
        _write(writer, message, version);
        return writer.ToArray(offset => source[offset..]);
    }

    public override string ToString() => Type.Name;

    private static MessageCodec Of(ApiSchema api, bool isRequest)
    {
        var name = (isRequest ? api.Request : api.Response).TypeName;
        var type = typeof(KafkaReader).Assembly.GetType($"Actors.Kafka.Wire.{name}", throwOnError: true)!;
        var create = typeof(MessageCodec).GetMethod(nameof(Create), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return (MessageCodec)create.MakeGenericMethod(type).Invoke(null, [api, isRequest])!;
    }

    private static MessageCodec Create<T>(ApiSchema api, bool isRequest)
        where T : class, IKafkaMessage<T> =>
        new(api, isRequest, typeof(T), ReadBody<T>, (writer, message, version) => ((T)message).Write(writer, version));

    private static object ReadBody<T>(ReadOnlyMemory<byte> body, short version)
        where T : class, IKafkaMessage<T>
    {
        var reader = new KafkaReader(body.Span);
        var message = T.Read(ref reader, version);
        reader.EnsureEnd();
        return message;
    }
}
