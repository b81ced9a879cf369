namespace RateLimitSuite.Catalog;

/// <summary>A catalog or a schema cannot be read; the message names file, line and key.</summary>
public sealed class CatalogFormatException(string message, Exception? inner = null) : Exception(message, inner);
