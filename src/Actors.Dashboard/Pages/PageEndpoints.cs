using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Actors.Dashboard.Pages;

/// <summary>The page: three files embedded in the assembly, sent from memory, compressed once.</summary>
internal static class PageEndpoints
{
    private static readonly (string Route, string Resource, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/app.js", "app.js", "text/javascript; charset=utf-8"),
        ("/app.css", "app.css", "text/css; charset=utf-8"),
        ("/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (route, resource, contentType) in Files)
        {
            var file = new Lazy<PageFile>(() => PageFile.Load(resource));
            routes.MapMethods(route, ReadMethods, http => SendAsync(http, file.Value, contentType));
        }
    }

    private static async Task SendAsync(HttpContext http, PageFile file, string contentType)
    {
        var response = http.Response;
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache"; // asked for each time, sent only when it has changed
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (http.Request.Headers.IfNoneMatch == file.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var compress = http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var body = compress ? file.Gzip : file.Plain;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (compress)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private sealed record PageFile(byte[] Plain, byte[] Gzip, string ETag)
    {
        public static PageFile Load(string resource)
        {
            using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream("web/" + resource)
                ?? throw new InvalidOperationException($"The page's file {resource} is not in the assembly.");
            using var plain = new MemoryStream();
            stream.CopyTo(plain);
            var bytes = plain.ToArray();
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            {
                gzip.Write(bytes);
            }

            return new PageFile(bytes, packed.ToArray(), '"' + Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8)) + '"');
        }
    }
}
