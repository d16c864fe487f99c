using Actors.Model.Ports;

namespace Actors.Node.Cluster;

/// <summary>Is told of every change of a topic, in the order of the cluster log.</summary>
public interface ICatalogObserver
{
    /// <summary>
    /// A topic was created (<paramref name="before"/> is null), changed, or deleted (<paramref name="after"/> is null). Called on the
    /// apply thread, before whoever caused the change is answered: an implementation takes note and returns; it does no I/O and never
    /// calls back into the cluster log. At a start every topic that exists is told as created, before the node registers.
    /// </summary>
    void OnTopicChanged(TopicDescription? before, TopicDescription? after);
}
