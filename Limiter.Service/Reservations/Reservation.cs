using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Reservations;

/// <summary>An estimate that was taken and waits for the real cost.</summary>
/// <param name="Client">Whose bucket it was taken from.</param>
/// <param name="Held">Tokens taken; 0 where the decision took none.</param>
/// <param name="ExpiresAt">Monotonic; then the estimate is kept as spent.</param>
internal readonly record struct Reservation(ClientHandle Client, double Held, TimeSpan ExpiresAt);
