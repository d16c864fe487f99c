using System.Net;

namespace LoadGen.ZooKeeper;

/// <summary>The znodes of a run: made before it, taken away behind it, by pipelined requests of a session of its own.</summary>
internal sealed class TreeSetup : IDisposable
{
    private const int Outstanding = 200;
    private readonly EndPoint _address;
    private readonly int _number = Environment.ProcessId;
    private readonly byte[] _receive = new byte[64 * 1024];
    private int _children;

    public TreeSetup(EndPoint address, int znodes, int valueBytes)
    {
        _address = address;
        Run(TreeOperation.Create, Top, 0, _number, 1);
        Run(TreeOperation.Create, Prefix, valueBytes, 0, znodes);
        NoteChildren(znodes);
    }

    /// <summary>What the paths of the run's znodes begin with; ten digits follow.</summary>
    public string Prefix => Top + RequestTemplate.Name(_number) + "/";

    private static string Top => "/loadgen-";

    /// <summary>A run has created the znodes from 0 on up to this number.</summary>
    public void NoteChildren(int count) => _children = Math.Max(_children, count);

    /// <summary>Makes further znodes, up to this many.</summary>
    public void Fill(int count, int valueBytes)
    {
        Run(TreeOperation.Create, Prefix, valueBytes, _children, count - _children);
        NoteChildren(count);
    }

    public void Dispose()
    {
        Run(TreeOperation.Delete, Prefix, 0, 0, _children);
        Run(TreeOperation.Delete, Top, 0, _number, 1);
    }

    private void Run(TreeOperation operation, string prefix, int valueBytes, int first, int count)
    {
        var template = new RequestTemplate(operation, prefix, valueBytes);
        using var session = TreeConnection.Open(_address);
        while (session.Answered < count)
        {
            while (session.Sent < count && session.Sent - session.Answered < Outstanding)
            {
                template.Patch(template.Frame, session.Sent + 1, first + session.Sent);
                session.Sent++;
                session.Send(template.Frame);
            }

            session.Receive(_receive, onReply: null);
        }
    }
}
