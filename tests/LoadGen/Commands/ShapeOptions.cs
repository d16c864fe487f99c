using System.CommandLine;
using LoadGen.Protocol;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary>The options that describe a producing load.</summary>
internal sealed class ShapeOptions
{
    private readonly Option<int> _connections;
    private readonly Option<int> _inFlight;
    private readonly Option<int> _partitions;
    private readonly Option<int> _batchBytes;
    private readonly Option<int> _batchRecords;
    private readonly Option<int> _valueBytes = CommandOptions.ValueBytes();
    private readonly Option<BatchCodec> _codec = CommandOptions.Codec();
    private readonly Option<short> _acks = CommandOptions.Acks();
    private readonly Option<short> _version = CommandOptions.ProduceVersion();
    private readonly Option<string[]> _configs = CommandOptions.TopicConfig();
    private readonly Option<int> _threads;
    private readonly Option<double> _seconds;
    private readonly Option<double> _warmUp;
    private readonly Option<long> _records = CommandOptions.Records();
    private readonly Option<double> _budgetGb = CommandOptions.BudgetGb();

    public ShapeOptions(ProduceShape shape, LoadBudget budget)
    {
        _connections = CommandOptions.Connections(shape.Connections);
        _inFlight = CommandOptions.InFlight(shape.InFlight);
        _partitions = CommandOptions.Partitions(shape.Partitions);
        _batchBytes = CommandOptions.BatchBytes(shape.BatchBytes);
        _batchRecords = CommandOptions.BatchRecords(shape.RecordsPerBatch);
        _threads = new Option<int>("--threads")
        {
            Description = "Client threads that share the connections by epoll; 0: a blocking thread per connection",
            DefaultValueFactory = _ => shape.EpollThreads,
        };
        _seconds = CommandOptions.Seconds(budget.Seconds);
        _warmUp = CommandOptions.WarmUp(budget.WarmUpSeconds);
    }

    public void AddTo(Command command) => command.AddAll(
        _connections, _inFlight, _partitions, _batchBytes, _batchRecords, _valueBytes, _codec, _acks, _version, _configs,
        _threads, _seconds, _warmUp, _records, _budgetGb);

    public ProduceShape Shape(ParseResult parsed, string name) => new()
    {
        Name = name,
        Connections = parsed.GetValue(_connections),
        InFlight = parsed.GetValue(_inFlight),
        Partitions = parsed.GetValue(_partitions),
        BatchBytes = parsed.GetValue(_batchBytes),
        RecordsPerBatch = parsed.GetValue(_batchRecords),
        ValueBytes = parsed.GetValue(_valueBytes),
        Codec = parsed.GetValue(_codec),
        Acks = parsed.GetValue(_acks),
        Version = parsed.GetValue(_version),
        EpollThreads = parsed.GetValue(_threads),
        TopicConfigs = CommandOptions.ParseConfigs(parsed.GetValue(_configs)),
    };

    public LoadBudget Budget(ParseResult parsed, ProduceShape shape)
    {
        var records = parsed.GetValue(_records);
        var perBatch = records > 0 ? shape.Prepare().Records : 1;
        return new LoadBudget
        {
            Seconds = parsed.GetValue(_seconds),
            WarmUpSeconds = parsed.GetValue(_warmUp),
            MaxBytes = (long)(parsed.GetValue(_budgetGb) * 1e9),
            MaxRequests = records > 0 ? (records + perBatch - 1) / perBatch : long.MaxValue,
        };
    }
}
