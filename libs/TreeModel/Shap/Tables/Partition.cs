namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Items in classes, refined question by question: two items stay together while every answer is the same for both.</summary>
internal sealed class Partition
{
    private readonly int[] _classes;

    /// <summary>Puts all items into one class.</summary>
    public Partition(int items) => _classes = new int[items];

    /// <summary>Number of classes.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Class of each item; classes are numbered in the order of their first items.</summary>
    public ReadOnlySpan<int> Classes => _classes;

    /// <summary>Splits the classes by one more question.</summary>
    public void Refine(Func<int, bool> answer)
    {
        Span<int> renumbered = Count <= 256 ? stackalloc int[2 * Count] : new int[2 * Count];
        renumbered.Fill(-1);
        var count = 0;
        for (var item = 0; item < _classes.Length; item++)
        {
            ref var number = ref renumbered[(2 * _classes[item]) + (answer(item) ? 1 : 0)];
            if (number < 0)
            {
                number = count++;
            }

            _classes[item] = number;
        }

        Count = count;
    }

    /// <summary>The first item of each class.</summary>
    public int[] Representatives()
    {
        var first = new int[Count];
        Array.Fill(first, -1);
        for (var item = _classes.Length - 1; item >= 0; item--)
        {
            first[_classes[item]] = item;
        }

        return first;
    }
}
