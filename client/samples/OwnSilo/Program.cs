using Actors.Hosting;
using SampleGrains;

// dotnet run --project client/samples/OwnSilo -- --urls http://127.0.0.1:5080 --Actors:DataDirectory=./own-data
// curl -X POST http://127.0.0.1:5080/counters/visits/3; curl http://127.0.0.1:5080/counters/visits
// curl -X POST -d 'dear diary' http://127.0.0.1:5080/journals/mine; curl http://127.0.0.1:5080/journals/mine
var builder = WebApplication.CreateBuilder(args);

// The whole node: topics, Kafka's port, the Orleans silo. Grains of referenced projects are found by Orleans itself.
builder.UseActors();

var app = builder.Build();
var grains = app.Services.GetRequiredService<IGrainFactory>();
app.MapGet("/counters/{name}", (string name) => grains.GetGrain<ICounterGrain>(name).GetAsync());
app.MapPost("/counters/{name}/{by:long}", (string name, long by) => grains.GetGrain<ICounterGrain>(name).AddAsync(by));
app.MapGet("/journals/{name}", (string name) => grains.GetGrain<IJournalGrain>(name).ReadAsync());
app.MapPost("/journals/{name}", async (string name, HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    return await grains.GetGrain<IJournalGrain>(name).WriteAsync(await reader.ReadToEndAsync());
});

await app.StartAsync();
Console.WriteLine($"serving {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync();
