using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers Kafka producers by the names that Aspire gives to services.</summary>
/// <remarks><c>AddKafkaProducer</c> takes the connection's name; its settings come from <c>Aspire:Confluent:Kafka:Producer</c>, the section
/// below it named after the connection, <c>ConnectionStrings:NAME</c> and the delegate, in this order. The keyed form registers
/// under the connection's name as service key.</remarks>
public static class AspireKafkaProducerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Producer";

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName) =>
        Add<TKey, TValue>(builder, connectionName, null, null, null);

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, null, Ignoring(configureBuilder));

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, null, configureBuilder);

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaProducerSettings>? configureSettings) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, null);

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaProducerSettings>? configureSettings, Action<ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, Ignoring(configureBuilder));

    /// <summary>Registers a singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaProducerSettings>? configureSettings, Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, configureBuilder);

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name) =>
        Add<TKey, TValue>(builder, name, name, null, null);

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, null, Ignoring(configureBuilder));

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, null, configureBuilder);

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaProducerSettings>? configureSettings) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, null);

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaProducerSettings>? configureSettings, Action<ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, Ignoring(configureBuilder));

    /// <summary>Registers a keyed singleton producer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the producer is built.</param>
    public static void AddKeyedKafkaProducer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaProducerSettings>? configureSettings, Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, configureBuilder);

    private static void Add<TKey, TValue>(
        IHostApplicationBuilder builder,
        string name,
        string? key,
        Action<KafkaProducerSettings>? configureSettings,
        Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = new KafkaProducerSettings();
        settings.ConnectionString = ClientSettings.Read(builder.Configuration, Section, name, settings, settings.Config) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);
        ClientSettings.Consolidate(settings.Config, settings.ConnectionString, settings.DisableMetrics);

        if (key is null)
        {
            builder.Services.AddSingleton(services => Build(services, name, settings, configureBuilder));
        }
        else
        {
            builder.Services.AddKeyedSingleton(key, (services, _) => Build(services, name, settings, configureBuilder));
        }

        if (!settings.DisableHealthChecks)
        {
            // One check for the life of the host: a new producer for every probe would connect every time.
            var check = new Lazy<KafkaHealthCheck>(() => new KafkaHealthCheck(settings.Config));
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                key is null ? "Aspire.Confluent.Kafka.Producer" : $"Aspire.Confluent.Kafka.Producer_{name}", _ => check.Value, failureStatus: null, tags: null));
        }
    }

    private static IProducer<TKey, TValue> Build<TKey, TValue>(
        IServiceProvider services, string name, KafkaProducerSettings settings, Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? configure)
    {
        ClientSettings.RequireServers(settings.Config, Section, name);
        var builder = new ProducerBuilder<TKey, TValue>(settings.Config);
        configure?.Invoke(services, builder);
        var log = KafkaLog.Create(services);
        try
        {
            builder.SetLogHandler((_, message) => KafkaLog.Write(log, message));
        }
        catch (InvalidOperationException)
        {
            KafkaLog.AlreadySet(log);   // The caller's handler stays.
        }

        return builder.Build();
    }

    private static Action<IServiceProvider, ProducerBuilder<TKey, TValue>>? Ignoring<TKey, TValue>(Action<ProducerBuilder<TKey, TValue>>? configure) =>
        configure is null ? null : (_, builder) => configure(builder);
}
