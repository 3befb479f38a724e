using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Mlds.Server.Http;

/// <summary>
/// A request's body while it comes in: as much of it as is asked for, within a time limit. Bodies of the usual size are read as they come;
/// large ones need memory that <see cref="BodyMemory"/> grants.
/// </summary>
sealed class RequestBody : IDisposable
{
    const int FirstBytes = 16 * 1024;

    /// <summary>Bytes that need no grant: the limit on connections also limits how many such bodies there are.</summary>
    const int FreeBytes = 64 * 1024;

    readonly PipeReader _reader;
    readonly CancellationToken _aborted;
    readonly CancellationTokenSource _late;
    readonly CancellationTokenSource _over;
    readonly BodyMemory _memory;
    readonly string _address;
    byte[] _bytes = [];
    int _granted;

    /// <param name="time">For all of it.</param>
    public RequestBody(HttpContext context, TimeSpan time)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var services = context.RequestServices;
        (_reader, _aborted) = (context.Request.BodyReader, context.RequestAborted);
        (_memory, _address) = (services.GetRequiredService<BodyMemory>(), CallerAddress.Of(context));
        _late = new CancellationTokenSource(time, services.GetRequiredService<TimeProvider>());
        _over = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, _aborted);
    }

    /// <summary>Bytes that have arrived.</summary>
    public int Length { get; private set; }

    /// <summary>Whether all that the client sends has arrived.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether its time was over before it had all arrived.</summary>
    public bool Late { get; private set; }

    /// <summary>Reads until the given number of bytes has arrived, the body has ended, or its time is over.</summary>
    /// <exception cref="BadHttpRequestException">There is no memory for it (status 503), or the client violated the protocol or broke
    /// off.</exception>
    public async Task ReadTo(int bytes)
    {
        while (Length < bytes && !Ended && await Next() is { } read)
        {
            var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, bytes - Length));
            try
            {
                Keep(taken);
                Ended = read.IsCompleted && taken.Length == read.Buffer.Length;
            }
            finally
            {
                _reader.AdvanceTo(taken.End); // also where there is no memory for it: a read that isn't ended is the server's failure
            }
        }
    }

    /// <summary>Reads on and keeps nothing, so that the client finishes sending and hears the answer.</summary>
    public async Task PassOver()
    {
        var ended = Ended;
        long passed = 0;
        while (!ended && await Next() is { } read)
        {
            passed += read.Buffer.Length;
            ended = read.IsCompleted;
            _reader.AdvanceTo(read.Buffer.End);
        }

        Ended = ended && passed == 0;
    }

    /// <summary>What has arrived, as UTF-8; what isn't UTF-8 becomes U+FFFD.</summary>
    public string Text() => Encoding.UTF8.GetString(_bytes, 0, Length);

    public void Dispose()
    {
        if (_granted > 0) _memory.GiveBack(_address, _granted);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_granted, _bytes) = (0, []);
        _over.Dispose();
        _late.Dispose();
    }

    /// <summary>What has come next; null when the time is over.</summary>
    async Task<ReadResult?> Next()
    {
        try
        {
            return await _reader.Next(_over.Token);
        }
        catch (OperationCanceledException) when (!_aborted.IsCancellationRequested)
        {
            Late = true;
            return null;
        }
    }

    void Keep(ReadOnlySequence<byte> taken)
    {
        var length = Length + (int)taken.Length;
        if (length > _bytes.Length) Grow(Math.Max(FirstBytes, length));
        taken.CopyTo(_bytes.AsSpan(Length));
        Length = length;
    }

    void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes); // twice as much, in powers of two
        var wanted = larger.Length > FreeBytes ? larger.Length : 0;
        if (wanted > 0 && !_memory.TryTake(_address, wanted - _granted))
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw new BadHttpRequestException("Too many large requests come in at once.", StatusCodes.Status503ServiceUnavailable);
        }

        _granted = wanted;
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
