using System.CommandLine;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary>The options that name a running server, and what they make.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string> _address = CommandOptions.Address();
    private readonly Option<int> _pid = CommandOptions.Pid();
    private readonly Option<FileInfo?> _pidFile = CommandOptions.PidFile();

    public void AddTo(Command command) => command.AddAll(_address, _pid, _pidFile);

    public Target Open(ParseResult parsed) => new(
        Target.ParseAddress(parsed.GetRequiredValue(_address)),
        CommandOptions.Server(parsed.GetValue(_pid), parsed.GetValue(_pidFile)),
        new ProgressLine());
}
