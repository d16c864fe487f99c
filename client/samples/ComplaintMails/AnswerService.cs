using Actors.Client;

namespace ComplaintMails;

/// <summary>Answers every mail, slowly, and commits after each: a crash repeats the mail it was at.</summary>
internal sealed class AnswerService(ActorsClient client, Settings settings)
{
    private readonly Progress _progress = new();

    public Task WhenAnsweredAsync(IReadOnlyDictionary<int, long> last) => _progress.WhenReachedAsync(last);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var group = client.Group($"{settings.Topic}-answer");
        await foreach (var mail in group.ConsumeAsync([settings.Topic], settings.Membership, cancellationToken))
        {
            await Task.Delay(settings.Work, cancellationToken); // a person writes
            Console.WriteLine($"answered mail {mail.ValueText!.Split(' ')[0]} about a {mail.KeyText} from {mail.Partition}@{mail.Offset}");
            await mail.CommitAsync(cancellationToken);
            _progress.Reach(mail);
        }
    }
}
