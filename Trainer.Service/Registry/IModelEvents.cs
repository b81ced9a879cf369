namespace RateLimitSuite.Trainer.Registry;

/// <summary>Tells the other services that the registry changed.</summary>
internal interface IModelEvents
{
    /// <summary>Sends one event without waiting: it is a hint, and readers poll the registry besides.</summary>
    void Publish(ModelChange change, DateTimeOffset at);
}
