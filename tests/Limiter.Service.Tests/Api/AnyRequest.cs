using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>Requests with any mix of fields, none of which need make sense.</summary>
internal static class AnyRequest
{
    private static readonly string[] Texts = ["", "a", "client-42", "\0", new('x', 127), new('y', 128), new('z', 20_000)];
    private static readonly string[] OtherTexts = ["Zoë", "客户", "\u0080"];
    private static readonly double[] Doubles = [0, -0.0, 1, -2.5, 1e300, double.NaN, double.PositiveInfinity];

    /// <summary>Makes a message of up to five.</summary>
    /// <param name="random">Source of chance.</param>
    /// <param name="plain">Whether only fields in their plain form.</param>
    /// <param name="textMax">How many of the texts may occur, the shortest first.</param>
    public static DecideBatchRequest Batch(Random random, bool plain, int textMax = int.MaxValue)
    {
        var batch = new DecideBatchRequest();
        for (var i = random.Next(6); i > 0; i--)
        {
            batch.Requests.Add(Request(random, plain, textMax));
        }

        return batch;
    }

    /// <summary>Makes one; parameters as of <see cref="Batch"/>.</summary>
    public static DecideRequest Request(Random random, bool plain, int textMax = int.MaxValue)
    {
        string Text() => random.Next(2) == 0 ? "" : !plain && random.Next(4) == 0 ? OtherTexts[random.Next(OtherTexts.Length)] : Texts[random.Next(Math.Min(textMax, Texts.Length))];
        double Double() => Doubles[random.Next(Doubles.Length)];
        var request = new DecideRequest
        {
            ClientId = Text(), Domain = Text(), RequestId = Text(), ClientIp = Text(), Backend = Text(),
            Attempt = random.Next(2) == 0 ? 0 : (uint)random.NextInt64(0, plain ? 1 << 28 : 1L << 32),
        };
        if (random.Next(2) == 0)
        {
            request.Cost = Double();
        }

        if (random.Next(2) == 0)
        {
            request.Features = new CallerFeatures();
            foreach (var field in CallerFeatures.Descriptor.Fields.InDeclarationOrder().Where(field => !field.IsMap && random.Next(2) == 0))
            {
                field.Accessor.SetValue(request.Features, Double());
            }

            if (!plain && random.Next(3) == 0)
            {
                request.Features.More["basket"] = Double();
            }
        }

        if (!plain && random.Next(3) == 0)
        {
            request.Charges.Add(new Charge { ClientId = Text(), Cost = Double() });
        }

        return request;
    }
}
