using System.Globalization;
using Actors.Abstractions;
using Actors.Client;

namespace ComplaintMails;

/// <summary>What the command line says.</summary>
internal sealed class Settings(string[] args)
{
    public string Role { get; } = args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal) ? args[0] : "all";

    public string Gateway => Text("--gateway", $"127.0.0.1:{ActorsCluster.DefaultGatewayPort}");

    public string Topic => Text("--topic", "complaint-mails");

    public int Mails => Number("--mails", 30);

    public int First => Number("--first", 1);

    public TimeSpan Pause => TimeSpan.FromMilliseconds(Number("--pause-ms", 200));

    public TimeSpan Work => TimeSpan.FromMilliseconds(Number("--work-ms", 300));

    public TimeSpan Window => TimeSpan.FromSeconds(Number("--window-s", 5));

    public int Alert => Number("--alert", 4);

    /// <summary>How both readers take part: from the first mail on, and out soon when they die, so that the next start goes on soon.</summary>
    public GroupConsumerOptions Membership => new()
    {
        ClientId = Role,
        OffsetReset = OffsetReset.Earliest,
        SessionTimeout = TimeSpan.FromSeconds(6),
        HeartbeatInterval = TimeSpan.FromSeconds(1),
        AutoCommit = false,
    };

    private string Text(string option, string otherwise)
    {
        var at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }

    private int Number(string option, int otherwise) =>
        int.Parse(Text(option, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
