using Google.Protobuf;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Messages whose bytes were changed anywhere: a reader refuses them as the generated code does, or reads the same.</summary>
internal static class ChangedBytes
{
    private const int Rounds = 30_000;
    private const int LeastOfEither = 3_000;

    /// <summary>Makes messages, changes them and compares.</summary>
    /// <param name="seed">Of chance.</param>
    /// <param name="make">Makes a message, plain or not.</param>
    /// <param name="generated">Of the messages.</param>
    /// <param name="read">The reader.</param>
    /// <param name="giveBack">Takes back what was read.</param>
    public static void AssertReadAlike<T>(
        int seed, Func<Random, bool, T> make, MessageParser<T> generated, Func<PayloadInPieces, T> read, Action<T> giveBack)
        where T : IMessage<T>
    {
        var random = new Random(seed);
        var parser = generated.WithDiscardUnknownFields(true);
        var (alike, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = Change(make(random, random.Next(4) > 0).ToByteArray(), random);
            T expected;
            try
            {
                expected = parser.ParseFrom(bytes);
            }
            catch (Exception fault) when (fault is InvalidProtocolBufferException or InvalidOperationException)
            {
                // The second is the library's for a wrapped number that ends before its length.
                Assert.Throws(fault.GetType(), () => read(new PayloadInPieces(bytes, random)));
                refused++;
                continue;
            }

            var message = read(new PayloadInPieces(bytes, random));
            Assert.Equal(expected, message);
            giveBack(message);
            alike++;
        }

        Assert.True(alike > LeastOfEither && refused > LeastOfEither, $"{alike} read, {refused} refused");
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        for (var changes = random.Next(3); changes >= 0 && bytes.Length > 0; changes--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }
}
