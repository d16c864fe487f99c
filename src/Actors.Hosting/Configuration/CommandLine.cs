using System.Reflection;
using System.Text;

namespace Actors.Hosting.Configuration;

/// <summary>The silo's command line: <c>--Actors:Key=Value</c>, <c>--Logging:…=…</c>, <c>--help</c>, <c>--version</c>, nothing else.</summary>
public static class CommandLine
{
    /// <summary>True if the arguments ask for a text and not for a node.</summary>
    public static bool AsksForText(IReadOnlyList<string> args, out string text)
    {
        ArgumentNullException.ThrowIfNull(args);
        text = "";
        if (args.Any(a => a is "--help" or "-h" or "-?" or "/?" or "help"))
        {
            text = Help();
            return true;
        }

        if (args.Any(a => a is "--version"))
        {
            text = Version() + Environment.NewLine;
            return true;
        }

        return false;
    }

    /// <summary>Refuses what .NET's own reader would pass over in silence.</summary>
    /// <exception cref="StartRefusedException">An argument is no setting, or has no value.</exception>
    public static void Check(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartRefusedException($"\"{arg}\" is not an argument: settings are given as --Actors:Key=Value, and --help lists them.");
            }

            var equals = arg.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? arg[2..] : arg[2..equals];
            if (!IsUnder(ActorsConfiguration.SectionName, key) && !IsUnder("Logging", key))
            {
                var near = ActorsConfiguration.Nearest(key);
                throw new StartRefusedException(
                    $"--{key} is not a setting; {(near is null ? "--help lists all settings" : $"did you mean --{near}?")}");
            }

            if (equals < 0 && ++i == args.Count)
            {
                throw new StartRefusedException($"--{key} has no value.");
            }
        }
    }

    /// <summary>The version of the build.</summary>
    public static string Version() =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static bool IsUnder(string section, string key) => key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase);

    private static string Help()
    {
        var text = new StringBuilder()
            .AppendLine("A node of Actors: durable topics for Kafka clients and for services on Microsoft Orleans.")
            .AppendLine()
            .AppendLine("usage: Actors.Silo [--Actors:Key=Value]... | --help | --version | --probe URL")
            .AppendLine()
            .AppendLine("Every setting can stand in appsettings.json (beside the program, then in the working directory), in the")
            .AppendLine("environment (ACTORS__KAFKA__PORT=19092) and on the command line (--Actors:Kafka:Port=19092); the last one wins.")
            .AppendLine()
            .AppendLine("Standard output carries the line that begins with \"ready \" and one to paste; logs go to standard error.")
            .AppendLine("--probe asks the node whose dashboard has this URL whether it is ready: exit code 0 or 1.")
            .AppendLine("Exit codes: 0 stopped by SIGTERM or SIGINT; 1 a fault of its own; 2 a setting is unknown or has a bad value;")
            .AppendLine("3 the surroundings do not allow a start (directory locked, port taken, another node's data).")
            .AppendLine();
        foreach (var setting in SettingsTable.All)
        {
            var value = setting.DefaultText.Length == 0 ? "(empty)" : setting.DefaultText;
            text.Append("  ").Append(setting.FullKey).Append(" = ").AppendLine(value)
                .Append("      ").AppendLine(setting.Meaning);
        }

        return text.ToString();
    }
}
