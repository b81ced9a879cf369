namespace RateLimitSuite.Dashboard.Components;

/// <summary>What an operator can do about models.</summary>
internal enum ModelOperationKind
{
    /// <summary>Train a new one.</summary>
    Retrain,

    /// <summary>Make a registered one champion at once.</summary>
    Promote,

    /// <summary>Return to the former champion.</summary>
    RollBack,
}
