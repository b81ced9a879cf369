using System.CommandLine;
using RateLimitSuite.Audit.Agents;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Audit.Commands;

/// <summary><c>token</c>: a token for a script or an agent, made by the suite's key.</summary>
internal static class TokenCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Option<string>("--name") { Description = "Who it speaks for; audit logs show it.", Required = true };
        var role = new Option<string>("--role") { Description = "What it may do.", DefaultValueFactory = _ => SuiteRoles.Viewer };
        role.AcceptOnlyFromAmong(SuiteRoles.Viewer, SuiteRoles.Operator);
        var command = new Command("token", $"Prints a token that is good for {SuiteTokens.Lifetime.TotalMinutes:0} minutes, made by the environment's Suite__Key.") { name, role };
        command.SetAction(parsed =>
        {
            terminal.Print(AgentToken.FromKey().Issue(parsed.GetRequiredValue(name), parsed.GetRequiredValue(role)));
            return AuditProgram.Passed;
        });
        return command;
    }
}
