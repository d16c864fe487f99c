using System.Net;
using System.Text;
using Actors.Kafka.Wire;
using Actors.Model.Leases;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>One client: reads request headers and hands each request to its API's handler, on the connection's turn.</summary>
#pragma warning disable CA1001 // a source without a timer needs no disposal
internal sealed partial class KafkaConnection : Connection
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _closing = new();
    private readonly byte[] _clientIdUtf8 = new byte[MaxKnownClientIdBytes];
    private int _clientIdBytes = -1;
    private RequestContext _context;

    private const int MaxKnownClientIdBytes = 256;

    public KafkaConnection(ConnectionContext context, KafkaServices services)
        : base(context)
    {
        Services = services;
        _context = new RequestContext(RequestContext.Anonymous, "", services.Options.ListenerName, 0);
        Replies = new ReplyShelf();
    }

    public KafkaServices Services { get; }

    /// <summary>Replies kept for the next request.</summary>
    public ReplyShelf Replies { get; }

    /// <summary>Cancelled when the connection has closed.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>The client's library, where it says so (KIP-511).</summary>
    public string SoftwareName { get; set; } = "";

    /// <summary>Its version.</summary>
    public string SoftwareVersion { get; set; } = "";

    /// <summary>Takes a place in the queue of replies.</summary>
    public void Queue(Reply reply) => Enqueue(reply);

    /// <summary>Sends a message that is there already.</summary>
    public void Send<TMessage>(in KafkaRequest request, TMessage message)
        where TMessage : IKafkaMessage<TMessage>
    {
        var reply = new MessageReply<TMessage>(request);
        Queue(reply);
        reply.Set(message);
    }

    /// <summary>Sends a message that may take its time.</summary>
    public void Send<TMessage>(in KafkaRequest request, ValueTask<TMessage> message)
        where TMessage : IKafkaMessage<TMessage>
    {
        var reply = new MessageReply<TMessage>(request);
        Queue(reply);
        reply.SetFrom(message);
    }

    /// <summary>What a client is told of a node: its advertised host, or the address on which this connection arrived.</summary>
    public string HostOf(Model.Ports.NodeDescription node) =>
        node.Host.Length > 0 ? node.Host : Plain(Local?.Address).ToString();

    /// <summary>Where the client comes from, as Kafka shows it in groups: <c>/127.0.0.1</c>.</summary>
    public string ClientHost => $"/{Plain(Remote?.Address)}";

    /// <summary>And the port: the advertised one, or the one on which this connection arrived.</summary>
    public int PortOf(Model.Ports.NodeDescription node) => node.KafkaPort > 0 ? node.KafkaPort : Local?.Port ?? 9092;

    protected override void OnFrame(LeaseSlice frame)
    {
        try
        {
            Dispatch(frame);
        }
        catch (WireFault fault)
        {
            throw new ConnectionFault(fault.Message, fault);
        }
    }

    protected override ConnectionDescription Describe() => new(
        Id, Remote?.ToString() ?? "", Local?.ToString() ?? "", _context.ClientId, SoftwareName, SoftwareVersion, Since,
        ReceivedBytes, SentBytes, ReceivedRequests);

    protected override void OnClosed()
    {
        _closing.Cancel();
    }

    private static IPAddress Plain(IPAddress? address) =>
        address is null ? IPAddress.Loopback : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private void Dispatch(LeaseSlice frame)
    {
        var reader = new KafkaReader(frame.Span);
        var header = RequestHeader.ReadFixed(ref reader);
        if (!KafkaDispatch.TryGet(header.ApiKey, out var entry))
        {
            throw new ConnectionFault($"API key {header.ApiKey} is not served");
        }

        if (!entry.Versions.Serves(header.ApiVersion))
        {
            Refuse(entry, header);
            return;
        }

        header = header.ReadRest(ref reader, entry.Versions.RequestHeaderVersion(header.ApiVersion));
        entry.Handle(this, new KafkaRequest
        {
            Frame = frame,
            BodyStart = reader.Position,
            Api = entry.Versions,
            Version = header.ApiVersion,
            CorrelationId = header.CorrelationId,
            Context = ContextOf(header.ClientId.In(frame.Span)),
        });
    }

    // KIP-511: a version of ApiVersions that is not known is answered in version 0; any other ends the connection, as in Kafka.
    private void Refuse(in KafkaDispatch.Entry entry, in RequestHeader header)
    {
        if (entry.Versions.Api != KafkaApi.ApiVersions)
        {
            throw new ConnectionFault($"version {header.ApiVersion} of {entry.Versions.Api} is not served");
        }

        var reply = new ApiVersionsRefusalReply(header.CorrelationId);
        Queue(reply);
        reply.Ready();
    }

    private RequestContext ContextOf(ReadOnlySpan<byte> clientId)
    {
        if (_clientIdBytes == clientId.Length && clientId.SequenceEqual(_clientIdUtf8.AsSpan(0, _clientIdBytes)))
        {
            return _context;
        }

        if (clientId.Length <= MaxKnownClientIdBytes)
        {
            clientId.CopyTo(_clientIdUtf8);
            _clientIdBytes = clientId.Length;
        }

        return _context = _context with { ClientId = Encoding.UTF8.GetString(clientId) };
    }
}
