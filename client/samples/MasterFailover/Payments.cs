using System.Globalization;

namespace MasterFailover;

/// <summary>
/// What the tree holds for the service "payments":
/// <code>
/// /payments/master      ephemeral: who is the master now; gone when that dies
/// /payments/slaves/…    ephemeral: who stands by
/// /payments/master-ip   what clients connect to: the fencing token of the master that wrote it, and its address
/// /payments/shards      how the work is divided
/// /payments/ledger      what masters have done, the last of it; stands for a database that checks the token
/// </code>
/// </summary>
internal sealed record Payments(string Root)
{
    public string Master => $"{Root}/master";

    public string Slaves => $"{Root}/slaves";

    public string MasterIp => $"{Root}/master-ip";

    public string Ledger => $"{Root}/ledger";

    public string Shards => $"{Root}/shards";
}

/// <summary>Lines with the time of day, for a person who has several terminals open.</summary>
internal static class Say
{
    public static void Line(string text) =>
        Console.WriteLine($"{TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {text}");
}
