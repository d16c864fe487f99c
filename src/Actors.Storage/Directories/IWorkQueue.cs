namespace Actors.Storage.Directories;

/// <summary>Work beside the log thread, in order: a <see cref="WorkThread"/>, or the simulator, which runs it when its seed says.</summary>
internal interface IWorkQueue
{
    /// <summary>Queues work, which must not throw; false if too much waits or the queue is closed.</summary>
    bool TryQueue(Action work);

    /// <summary>Returns when everything queued is done.</summary>
    void WaitUntilIdle();
}
