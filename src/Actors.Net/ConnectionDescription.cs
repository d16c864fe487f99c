namespace Actors.Net;

/// <summary>One open connection, for the dashboard.</summary>
/// <param name="Id">Number of the connection on its listener, from 1.</param>
/// <param name="Remote">The peer's address.</param>
/// <param name="Local">The address on which it arrived.</param>
/// <param name="ClientId">What the client calls itself, or empty.</param>
/// <param name="SoftwareName">The client's library, where it says so (KIP-511), or empty.</param>
/// <param name="SoftwareVersion">Its version, or empty.</param>
/// <param name="Since">When it was accepted.</param>
/// <param name="BytesIn">Bytes received.</param>
/// <param name="BytesOut">Bytes sent.</param>
/// <param name="RequestCount">Requests received.</param>
public sealed record ConnectionDescription(
    long Id, string Remote, string Local, string ClientId, string SoftwareName, string SoftwareVersion,
    DateTimeOffset Since, long BytesIn, long BytesOut, long RequestCount);
