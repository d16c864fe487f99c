using System.Runtime.InteropServices;
using Actors.Abstractions;
using Actors.Client;
using ComplaintMails;

// The lecture's example: complaint mails are written into one topic, and two services read them, each at its own pace and offset.
//
//   dotnet run --project client/samples/ComplaintMails                      # all three in one process, 30 mails, then it ends
//   dotnet run --project client/samples/ComplaintMails -- register          # or each in a process of its own:
//   dotnet run --project client/samples/ComplaintMails -- answer            #   stop it (or kill -9 it), start it again:
//   dotnet run --project client/samples/ComplaintMails -- count             #   it goes on where it stood
//
// --gateway HOST:PORT (127.0.0.1:30000)  --topic NAME (complaint-mails)  --mails N (30)  --first N (1)  --pause-ms N between mails (200)
// --work-ms N for an answer (300)  --window-s N (5)  --alert N complaints about one product in a window (4)
//
// What is promised: a mail is registered once, durable when the line is printed. It is answered and counted at least once. `answer`
// commits after every mail: a crash repeats at most the one it was at. `count` keeps open windows in memory and commits only what lies
// below them: a crash counts the open window again from its first mail, so that the figures of a window are right however often the
// service dies; at most, the windows that were printed just before are printed once more, with the same figures.
var settings = new Settings(args);
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true; // leave the group properly: the others get the partitions at once
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

await using var client = await ActorsClient.ConnectAsync(settings.Gateway, cancellationToken: stop.Token);
await client.Topic(settings.Topic).EnsureCreatedAsync(new TopicSpec { PartitionCount = 2 }, stop.Token);
var register = new RegisterService(client, settings);
var answer = new AnswerService(client, settings);
var count = new CountService(client, settings);
try
{
    await (settings.Role switch
    {
        "register" => register.RunAsync(stop.Token),
        "answer" => answer.RunAsync(stop.Token),
        "count" => count.RunAsync(stop.Token),
        "all" => RunAllAsync(),
        _ => throw new ArgumentException($"'{settings.Role}' is not a role: register, answer, count or all."),
    });
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // stopped, or all are done
}

return 0;

async Task RunAllAsync()
{
    var readers = Task.WhenAll(answer.RunAsync(stop.Token), count.RunAsync(stop.Token));
    await register.RunAsync(stop.Token);
    await Task.WhenAny(readers, Task.WhenAll(answer.WhenAnsweredAsync(register.Last), count.WhenCountedAsync(register.Last)));
    await stop.CancelAsync();
    await readers;
}
