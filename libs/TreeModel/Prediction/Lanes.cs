namespace RateLimitSuite.TreeModel.Prediction;

/// <summary>Eight running sums: tree n adds to lane n mod 8, and the lanes are added in pairs at the end.</summary>
/// <remarks>One chain of additions would wait for each. The order is fixed, so every path through the code gives the same bits.</remarks>
internal struct Lanes
{
    /// <summary>Number of lanes.</summary>
    public const int Count = 8;

    public double Lane0;
    public double Lane1;
    public double Lane2;
    public double Lane3;
    public double Lane4;
    public double Lane5;
    public double Lane6;
    public double Lane7;

    /// <summary>The sum of all lanes.</summary>
    public readonly double Sum => ((Lane0 + Lane4) + (Lane2 + Lane6)) + ((Lane1 + Lane5) + (Lane3 + Lane7));

    /// <summary>Adds to one lane.</summary>
    public void Add(int position, double value)
    {
        switch (position & (Count - 1))
        {
            case 0: Lane0 += value; break;
            case 1: Lane1 += value; break;
            case 2: Lane2 += value; break;
            case 3: Lane3 += value; break;
            case 4: Lane4 += value; break;
            case 5: Lane5 += value; break;
            case 6: Lane6 += value; break;
            default: Lane7 += value; break;
        }
    }
}
