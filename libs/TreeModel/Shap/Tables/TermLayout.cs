namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>What a row holds: SHAP values, a term a feature, or interaction values, a term a pair of features.</summary>
internal sealed class TermLayout
{
    // Up to four vectors a row are added whole; beyond, rows hold the terms of their own group only.
    private const int DenseTermsMax = 32;
    private const int DoublesPerVector = 8;

    private readonly int _features;

    private TermLayout(int features, bool ofPairs)
    {
        _features = features;
        OfPairs = ofPairs;
        Terms = ofPairs ? checked(features * (features - 1) / 2) : features;
    }

    /// <summary>Whether terms are pairs.</summary>
    public bool OfPairs { get; }

    /// <summary>Number of terms of the whole model.</summary>
    public int Terms { get; }

    /// <summary>Whether rows hold all terms of the model, in whole vectors.</summary>
    public bool IsDense => Terms <= DenseTermsMax;

    /// <summary>Doubles of a dense row.</summary>
    public int DenseWidth => Math.Max(1, (Terms + DoublesPerVector - 1) / DoublesPerVector) * DoublesPerVector;

    /// <summary>A term a feature.</summary>
    public static TermLayout Values(int features) => new(features, ofPairs: false);

    /// <summary>A term a pair of features.</summary>
    public static TermLayout Pairs(int features) => new(features, ofPairs: true);

    /// <summary>Number of terms among so many features.</summary>
    public int TermsOf(int features) => OfPairs ? features * (features - 1) / 2 : features;

    /// <summary>Number of a pair's term, i before j: (0,1), (0,2), … (1,2), …</summary>
    public int PairTerm(int i, int j) => (i * ((2 * _features) - i - 1) / 2) + (j - i - 1);

    /// <summary>The terms among some features, in the order in which a leaf's table has them.</summary>
    /// <param name="features">Ascending features.</param>
    public int[] TermsAmong(ReadOnlySpan<int> features)
    {
        if (!OfPairs)
        {
            return features.ToArray();
        }

        var terms = new int[TermsOf(features.Length)];
        var next = 0;
        for (var i = 0; i < features.Length; i++)
        {
            for (var j = i + 1; j < features.Length; j++)
            {
                terms[next++] = PairTerm(features[i], features[j]);
            }
        }

        return terms;
    }
}
