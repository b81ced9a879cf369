using Aspire.Confluent.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers Kafka consumers by the names that Aspire gives to services.</summary>
/// <remarks><c>AddKafkaConsumer</c> takes the connection's name; its settings come from <c>Aspire:Confluent:Kafka:Consumer</c>, the section
/// below it named after the connection, <c>ConnectionStrings:NAME</c> and the delegate, in this order. The keyed form registers
/// under the connection's name as service key.</remarks>
public static class AspireKafkaConsumerExtensions
{
    private const string Section = "Aspire:Confluent:Kafka:Consumer";

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName) =>
        Add<TKey, TValue>(builder, connectionName, null, null, null);

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, null, Ignoring(configureBuilder));

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, null, configureBuilder);

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaConsumerSettings>? configureSettings) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, null);

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaConsumerSettings>? configureSettings, Action<ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, Ignoring(configureBuilder));

    /// <summary>Registers a singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string connectionName, Action<KafkaConsumerSettings>? configureSettings, Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, connectionName, null, configureSettings, configureBuilder);

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name) =>
        Add<TKey, TValue>(builder, name, name, null, null);

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, null, Ignoring(configureBuilder));

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, null, configureBuilder);

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaConsumerSettings>? configureSettings) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, null);

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaConsumerSettings>? configureSettings, Action<ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, Ignoring(configureBuilder));

    /// <summary>Registers a keyed singleton consumer.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="name">Name of the connection.</param>
    /// <param name="configureSettings">Runs over what configuration says.</param>
    /// <param name="configureBuilder">Runs before the consumer is built.</param>
    public static void AddKeyedKafkaConsumer<TKey, TValue>(
        this IHostApplicationBuilder builder, string name, Action<KafkaConsumerSettings>? configureSettings, Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder) =>
        Add<TKey, TValue>(builder, name, name, configureSettings, configureBuilder);

    private static void Add<TKey, TValue>(
        IHostApplicationBuilder builder,
        string name,
        string? key,
        Action<KafkaConsumerSettings>? configureSettings,
        Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var settings = new KafkaConsumerSettings();
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
                key is null ? "Aspire.Confluent.Kafka.Consumer" : $"Aspire.Confluent.Kafka.Consumer_{name}", _ => check.Value, failureStatus: null, tags: null));
        }
    }

    private static IConsumer<TKey, TValue> Build<TKey, TValue>(
        IServiceProvider services, string name, KafkaConsumerSettings settings, Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? configure)
    {
        ClientSettings.RequireServers(settings.Config, Section, name);
        if (string.IsNullOrEmpty(settings.Config.GroupId))
        {
            throw new InvalidOperationException($"A consumer needs a group: set {Section}:{name}:Config:GroupId.");
        }

        var builder = new ConsumerBuilder<TKey, TValue>(settings.Config);
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

    private static Action<IServiceProvider, ConsumerBuilder<TKey, TValue>>? Ignoring<TKey, TValue>(Action<ConsumerBuilder<TKey, TValue>>? configure) =>
        configure is null ? null : (_, builder) => configure(builder);
}
