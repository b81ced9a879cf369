using Google.Protobuf;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Tests.Api;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitDescriptor.Types;

namespace RateLimitSuite.Limiter.Tests.Envoy;

/// <summary>The generated code is the reference: for what is plain, for what is not, and for what is no message at all.</summary>
public sealed class EnvoyRequestDecoderTests
{
    private static readonly string[] Texts = ["", "a", "client_id", "192.0.2.1", "\0", new('x', 127), new('y', 128), new('z', 5_000)];
    private static readonly string[] OtherTexts = ["Zoë", "客户", "\u0080"];

    [Fact]
    public void TryRead_PlainRequests_AreWhatTheGeneratedCodeReadsHoweverOftenOneIsFilledIn()
    {
        var random = new Random(43);
        var request = new RateLimitRequest();
        for (var round = 0; round < 3_000; round++)
        {
            var expected = Request(random, plain: true);

            Assert.True(EnvoyRequestDecoder.TryRead(expected.ToByteArray(), request));
            Assert.Equal(expected, request);
        }
    }

    [Fact]
    public void Read_AnyRequest_IsWhatTheGeneratedCodeReads()
    {
        var random = new Random(47);
        for (var round = 0; round < 3_000; round++)
        {
            var expected = Request(random, plain: random.Next(2) == 0);

            var request = EnvoyRequestDecoder.Read(new PayloadInPieces(expected.ToByteArray(), random));
            Assert.Equal(expected, request);
            EnvoyRequestDecoder.Return(request);
        }
    }

    [Fact]
    public void Read_BytesChangedAnywhere_AreRefusedOrReadAsByTheGeneratedCode() => ChangedBytes.AssertReadAlike(
        53, (random, plain) => Request(random, plain, textMax: 5), RateLimitRequest.Parser, EnvoyRequestDecoder.Read, EnvoyRequestDecoder.Return);

    [Fact]
    public void TryRead_WhatGatewaysSend_IsPlain()
    {
        var request = new RateLimitRequest { Domain = "web", HitsAddend = 3, Descriptors = { Descriptor(("remote_address", "192.0.2.1")), Descriptor(("path", "/"), ("method", "GET")) } };
        Assert.True(EnvoyRequestDecoder.TryRead(request.ToByteArray(), new RateLimitRequest()));
    }

    [Fact]
    public void TryRead_MessageHasAFieldMore_IsKnownHere()
    {
        Assert.Equal(3, RateLimitRequest.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(4, RateLimitDescriptor.Descriptor.Fields.InDeclarationOrder().Count);
        Assert.Equal(2, Entry.Descriptor.Fields.InDeclarationOrder().Count);
    }

    private static RateLimitRequest Request(Random random, bool plain, int textMax = int.MaxValue)
    {
        string Text() => !plain && random.Next(4) == 0 ? OtherTexts[random.Next(OtherTexts.Length)] : Texts[random.Next(Math.Min(textMax, Texts.Length))];
        var request = new RateLimitRequest { Domain = Text(), HitsAddend = random.Next(2) == 0 ? 0 : (uint)random.NextInt64(0, plain ? 1 << 28 : 1L << 32) };
        for (var i = random.Next(4); i > 0; i--)
        {
            var descriptor = Descriptor([.. Enumerable.Range(0, random.Next(4)).Select(_ => (Text(), Text()))]);
            if (!plain && random.Next(3) == 0)
            {
                descriptor.HitsAddend = (ulong)random.Next(3);
                descriptor.IsNegativeHits = random.Next(2) == 0;
                descriptor.Limit = random.Next(2) == 0 ? null : new RateLimitOverride { RequestsPerUnit = 5, Unit = RateLimitUnit.Minute };
            }

            request.Descriptors.Add(descriptor);
        }

        return request;
    }

    private static RateLimitDescriptor Descriptor(params (string Key, string Value)[] entries)
    {
        var descriptor = new RateLimitDescriptor();
        descriptor.Entries.Add(entries.Select(entry => new Entry { Key = entry.Key, Value = entry.Value }));
        return descriptor;
    }
}
