using System.Globalization;
using Actors.Client;

namespace ComplaintMails;

/// <summary>Writes complaints into the topic. The product is the key: complaints about one product keep their order.</summary>
internal sealed class RegisterService(ActorsClient client, Settings settings)
{
    private static readonly string[] s_products = ["toaster", "phone", "lamp", "kettle", "toaster", "phone"];

    /// <summary>The last mail of each partition.</summary>
    public Dictionary<int, long> Last { get; } = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < settings.Mails; i++)
        {
            var number = settings.First + i;
            var product = s_products[number % s_products.Length];
            var mail = string.Create(CultureInfo.InvariantCulture, $"{number} My {product} does not work.");
            var stored = await client.Topic(settings.Topic).AppendTextAsync(product, mail, cancellationToken);
            Last[stored.Partition] = stored.Offset;
            Console.WriteLine($"registered mail {number} about a {product} at {stored.Partition}@{stored.Offset}");
            await Task.Delay(settings.Pause, cancellationToken);
        }
    }
}
