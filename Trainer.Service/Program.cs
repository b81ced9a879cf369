using RateLimitSuite.Trainer;

TrainerApp.Create(args).Run();
