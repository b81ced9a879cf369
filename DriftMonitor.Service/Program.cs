using RateLimitSuite.DriftMonitor;

await DriftMonitorApp.Create(args).RunAsync();
