using System.Globalization;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>The lecture's example in processes of its own: who reads has its own offset, and goes on where it stood when it is killed.</summary>
[Collection(SharedNode.Name)]
public sealed class ComplaintMailsTests(NodeUnderTest node)
{
    private const long WindowMs = 1000;

    private readonly string _topic = NodeUnderTest.NewTopic("mails");

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task One_command_registers_answers_and_counts_all_mails()
    {
        var result = await ClientProcess.RunAsync(
            "dotnet", [SampleAssemblies.ComplaintMails, .. Common(), "--mails", "20", "--pause-ms", "50", "--work-ms", "20"],
            TestContext.Current.CancellationToken);

        var lines = result.Succeeded().Lines;
        Assert.Equal(Enumerable.Range(1, 20), Numbers(lines, "registered mail "));
        Assert.Equal(Enumerable.Range(1, 20), Numbers(lines, "answered mail ").Order());
        var windows = lines.Select(l => l.Replace("still open, whoever reads on counts it again: ", "", StringComparison.Ordinal))
            .Where(l => l.StartsWith("window ", StringComparison.Ordinal));
        Assert.Equal(20, windows.Sum(l => Window.Parse(l).Count));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Readers_killed_in_the_middle_lose_no_mail_and_every_figure_is_right()
    {
        await using var register = Start("register", "--mails", "100", "--pause-ms", "60");
        var answers = new List<string>();
        var counts = new List<string>();
        var answer = Start("answer", "--work-ms", "20");
        var count = Start("count");
        try
        {
            await RunningClient.UntilAsync(
                () => Windows(count.Lines).Count >= 4 && answer.Lines.Length >= 15, "both should read", answer, count);
        }
        finally
        {
            await answer.DisposeAsync(); // kill -9, and all it wrote is read
            await count.DisposeAsync();
        }

        answers.AddRange(answer.Lines);
        counts.AddRange(count.Lines);

        await using var answerAgain = Start("answer", "--work-ms", "0");
        await using var countAgain = Start("count");
        await RunningClient.UntilAsync(() => register.Lines.Length == 100, "all should be registered", register);
        await using var last = Start("register", "--first", "101", "--mails", "12", "--pause-ms", "200"); // closes the windows before
        await RunningClient.UntilAsync(() => last.Lines.Length == 12, "all should be registered", last);
        var truth = await CountInTopicAsync();
        await RunningClient.UntilAsync(
            () => Numbers([.. answers, .. answerAgain.Lines], "answered mail ").Distinct().Count() == 112, "all should be answered", answerAgain);
        await RunningClient.UntilAsync(
            () => Windows([.. counts, .. countAgain.Lines]).Distinct().Count() >= truth.Count, "all should be counted", countAgain);
        await answerAgain.StopAsync();
        await countAgain.StopAsync();

        var answered = Numbers([.. answers, .. answerAgain.Lines], "answered mail ");
        Assert.Equal(Enumerable.Range(1, 112), answered.Distinct().Order());
        Assert.InRange(answered.Count - 112, 0, 1); // at most the mail at which it was killed
        var counted = Windows([.. counts, .. countAgain.Lines]);
        Assert.Equal(truth.OrderBy(w => w.ToString()), counted.Distinct().OrderBy(w => w.ToString()));
        var repeated = counted.GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key.Start).Distinct().Count();
        Assert.InRange(repeated, 0, 2); // at most the window of each partition that was printed and not committed yet
    }

    private string[] Common() => ["--gateway", node.Silo.Ready.Orleans, "--topic", _topic, "--window-s", "1"];

    private RunningClient Start(string role, params string[] more) =>
        RunningClient.Start("dotnet", [SampleAssemblies.ComplaintMails, role, .. Common(), .. more]);

    /// <summary>What the closed windows hold, computed from the topic as Kafka's clients see it.</summary>
    private async Task<List<Window>> CountInTopicAsync()
    {
        var closed = new List<Window>();
        var lines = await Kcat.ConsumeAsync(node.Bootstrap, _topic, "%p %o %T %k\\n");
        var records = lines.Select(l => l.Split(' ')).Select(w => (
            Partition: int.Parse(w[0], null), Offset: long.Parse(w[1], null), Time: long.Parse(w[2], null), Product: w[3]));
        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            var open = new Dictionary<string, int>();
            var start = -1L;
            foreach (var (_, _, time, product) in partition.OrderBy(r => r.Offset))
            {
                if (time / WindowMs * WindowMs > start)
                {
                    closed.AddRange(open.Select(o => new Window($"{DateTimeOffset.FromUnixTimeMilliseconds(start):HH:mm:ss}", o.Key, o.Value)));
                    open.Clear();
                    start = time / WindowMs * WindowMs;
                }

                open[product] = open.GetValueOrDefault(product) + 1;
            }
        }

        return closed;
    }

    private static List<Window> Windows(IEnumerable<string> lines) =>
        [.. lines.Where(l => l.StartsWith("window ", StringComparison.Ordinal)).Select(Window.Parse)];

    private static List<int> Numbers(IEnumerable<string> lines, string verb) =>
    [
        .. lines.Where(l => l.StartsWith(verb, StringComparison.Ordinal))
            .Select(l => int.Parse(l[verb.Length..].Split(' ')[0], CultureInfo.InvariantCulture)),
    ];

    /// <summary><c>window 12:00:01 to 12:00:02: complaints about the toaster: 3 ALERT</c>.</summary>
    private sealed record Window(string Start, string Product, int Count)
    {
        public static Window Parse(string line)
        {
            var words = line.Split(' ');
            return new Window(words[1], words[7].TrimEnd(':'), int.Parse(words[8], CultureInfo.InvariantCulture));
        }
    }
}
