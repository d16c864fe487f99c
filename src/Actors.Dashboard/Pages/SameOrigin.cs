using System.Net;
using Microsoft.AspNetCore.Http;

namespace Actors.Dashboard.Pages;

/// <summary>
/// Keeps other sites out: nothing is loaded from elsewhere, nothing may frame the page, no answer may be read by another origin. On a
/// loopback listener a request must also name this machine as its host, so that a site whose name is made to point at 127.0.0.1 gets
/// nothing (DNS rebinding).
/// </summary>
internal sealed class SameOrigin(IPAddress bound, string advertisedHost)
{
    private readonly bool _checkHost = IPAddress.IsLoopback(bound);

    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (_checkHost && !IsOurs(http.Request.Host.Host))
        {
            http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return Task.CompletedTask;
        }

        return next(http);
    }

    private bool IsOurs(string host) =>
        host.Length == 0
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(advertisedHost, StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);
}
