using LoadGen.Bare;
using LoadGen.Platform;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Comparison;

/// <summary>How a row's topic is synced.</summary>
internal enum RowSync
{
    /// <summary>flush.messages at its maximum on both.</summary>
    Unsynced,

    /// <summary>Acknowledged means synced: our default, flush.messages=1 for Kafka.</summary>
    Synced,
}

/// <summary>A producing load.</summary>
internal sealed class ProduceRow(string id, string title, ProduceShape shape, RowSync sync, params FigureLine[] lines) : LoadRow(id, title)
{
    public override IReadOnlyList<FigureLine> Lines => lines;

    public override RowFigures Measure(LoadContext context)
    {
        var configs = sync == RowSync.Unsynced ? TopicSettings.Unsynced : context.Peer.DurableConfigs;
        return RowFigures.Of(ProduceScenario.Run(
            context.Target, shape with { Name = $"{Id}, {context.Peer.Name}", TopicConfigs = configs }, context.Scale.Budget));
    }

    public override RowFigures MeasureBare(WorkDirectory work, TableScale scale, ProgressLine progress)
    {
        const string Sub = "bare";
        try
        {
            var run = ProduceScenario.RunBare(
                work.Sub(Sub), sync == RowSync.Synced ? BareSync.Group : BareSync.None, shape, scale.Budget, progress);
            return RowFigures.Of(run with { Name = $"{Id}, {run.Name}" });
        }
        finally
        {
            work.Drop(Sub);
        }
    }
}
