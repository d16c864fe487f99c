using System.Net;

namespace Actors.Hosting.Silo;

/// <summary>The sentence for a listener that cannot bind.</summary>
internal static class PortTaken
{
    public static StartRefusedException Refusal(string key, IPAddress address, int port, Exception inner) =>
        new(
            $"{key}: cannot listen on {new IPEndPoint(address, port)} ({(inner.InnerException ?? inner).Message}): "
            + "free it, or set another port (0 takes a free one).",
            StartRefusedException.BadSurroundings,
            inner);
}
