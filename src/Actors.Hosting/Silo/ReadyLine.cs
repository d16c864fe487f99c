using System.Text;
using Actors.Dashboard;

namespace Actors.Hosting.Silo;

/// <summary>
/// What a ready node prints. Scripts rely on the first line: <c>ready kafka=HOST:PORT zookeeper=HOST:PORT dashboard=http://HOST:PORT
/// orleans=HOST:PORT data=DIR</c>; what is off is left out, and DIR comes last because it may hold spaces.
/// </summary>
internal static class ReadyLine
{
    public static string Of(NodeStatus status)
    {
        var text = new StringBuilder("ready");
        foreach (var (name, address) in status.Addresses)
        {
            text.Append(' ').Append(name).Append('=').Append(address);
        }

        text.Append(" data=").Append(status.DataDirectory).Append('\n');
        if (status.Addresses.FirstOrDefault(a => a.Name == "kafka") is { } kafka)
        {
            text.Append("try:  seq 1 1000 | kcat -b ").Append(kafka.Address).Append(" -P -t numbers  &&  kcat -b ").Append(kafka.Address)
                .Append(" -C -t numbers -o beginning -e\n");
        }

        return text.ToString();
    }
}

/// <summary>Where the ready line goes; registered by a process that prints it (the silo), absent where a node is embedded.</summary>
/// <param name="Writer">Standard output.</param>
public sealed record ReadyOutput(TextWriter Writer);
