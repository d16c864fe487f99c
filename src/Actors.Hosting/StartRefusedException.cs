namespace Actors.Hosting;

/// <summary>
/// The node does not start, for a reason its operator can mend. The message is one sentence that names the setting or the place;
/// the process prints it on standard error and ends with <see cref="ExitCode"/>.
/// </summary>
public sealed class StartRefusedException : Exception
{
    /// <summary>Exit code for a setting that is unknown or has a bad value.</summary>
    public const int BadConfiguration = 2;

    /// <summary>Exit code for surroundings that do not allow a start: a locked directory, a taken port, another node's data.</summary>
    public const int BadSurroundings = 3;

    /// <summary>A refusal because of a setting.</summary>
    public StartRefusedException(string sentence)
        : this(sentence, BadConfiguration)
    {
    }

    /// <summary>A refusal with an exit code of its own.</summary>
    public StartRefusedException(string sentence, int exitCode, Exception? inner = null)
        : base(sentence, inner) => ExitCode = exitCode;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }
}
