using Actors.Hosting;
using Actors.Hosting.Configuration;
using Actors.Hosting.Silo;
using Microsoft.Extensions.Logging.Console;

if (CommandLine.AsksForText(args, out var text))
{
    Console.Out.Write(text);
    return 0;
}

if (args is ["--probe", var url])
{
    return await ReadyProbe.RunAsync(url, Console.Error);
}

try
{
    CommandLine.Check(args);
    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
    builder.Configuration
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(args);
    builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    builder.Logging.AddSimpleConsole(o =>
    {
        o.SingleLine = true;
        o.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        o.ColorBehavior = LoggerColorBehavior.Disabled;
    });
    builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace); // stdout is for scripts
    builder.Services.AddSingleton(new ReadyOutput(Console.Out));
    builder.UseActors();
    using var host = builder.Build();
    var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
    try
    {
        await host.RunAsync();
    }
    catch (OperationCanceledException) when (stopping.IsCancellationRequested)
    {
        // Asked to stop before it was ready: what had opened is closed.
    }

    return 0;
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return refused.ExitCode;
}
catch (Exception fault)
{
    await Console.Error.WriteLineAsync("The node ended by a fault of its own: " + fault);
    return 1;
}
