namespace Actors.Streams;

/// <summary>The silo does not take a watch: it says why.</summary>
public sealed class TreeWatchException(string message) : Exception(message);
