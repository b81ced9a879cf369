using RateLimitSuite.Audit;

return await AuditProgram.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
