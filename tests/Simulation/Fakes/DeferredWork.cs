using Actors.Storage.Directories;

namespace Simulation.Fakes;

/// <summary>The background thread's place: work waits here until the seed lets it run, so that rounds come between.</summary>
internal sealed class DeferredWork : IWorkQueue
{
    private readonly Queue<Action> _work = new();

    public int Count => _work.Count;

    public bool TryQueue(Action work)
    {
        _work.Enqueue(work);
        return true;
    }

    public void WaitUntilIdle()
    {
        while (RunOne())
        {
        }
    }

    public bool RunOne()
    {
        if (!_work.TryDequeue(out var work))
        {
            return false;
        }

        work();
        return true;
    }
}
