using System.Globalization;

namespace RateLimitSuite.Limiter.Policies;

/// <summary>Reads the schedule of a policy.</summary>
internal static class ScheduleReader
{
    private const int RulesMax = 50;
    private const int MinutesOfDay = 24 * 60;
    private const int MinutesOfWeek = 7 * MinutesOfDay;
    private const int EveryDay = 0b111_1111;

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Reads the rules under a key.</summary>
    /// <param name="map">The policy.</param>
    /// <param name="key">Where the schedule is.</param>
    /// <param name="readSettings">Makes a policy of a rule's settings.</param>
    public static IReadOnlyList<ScheduleRule> Read(YamlMap map, string key, Func<YamlMap, Policy> readSettings)
    {
        var maps = map.Maps(key);
        if (maps.Count > RulesMax)
        {
            map.Fault(key, $"has {maps.Count} rules; it must have at most {RulesMax}.");
            return [];
        }

        var rules = new List<ScheduleRule>();
        var taken = new int[MinutesOfWeek];
        foreach (var rule in maps)
        {
            if (ReadRule(rule, readSettings) is { } read)
            {
                rules.Add(read);
                Take(rule, read, taken, rules.Count);
            }

            rule.NoMore();
        }

        return rules;
    }

    private static ScheduleRule? ReadRule(YamlMap map, Func<YamlMap, Policy> readSettings)
    {
        var days = ReadDays(map);
        var from = ReadTime(map, "from", isEnd: false);
        var to = ReadTime(map, "to", isEnd: true);
        if (from == to && from is not null)
        {
            map.Fault("to", "is the same as from; a whole day is 00:00 to 24:00.");
            to = null;
        }

        if (map.Map("set") is not { } settings)
        {
            map.Fault("set", "is missing: the settings in force in that time.");
            return null;
        }

        var policy = readSettings(settings);
        return from is null || to is null ? null : new ScheduleRule(days, from.Value, to.Value, policy);
    }

    private static int ReadDays(YamlMap map)
    {
        if (!map.Has("days"))
        {
            return EveryDay;
        }

        var days = 0;
        foreach (var name in map.Texts("days"))
        {
            var day = Array.IndexOf(DayNames, name);
            if (day < 0)
            {
                map.Fault("days", $"holds '{name}'; it must hold days such as mon, tue, wed, thu, fri, sat, sun.");
                return EveryDay;
            }

            days |= 1 << day;
        }

        if (days == 0)
        {
            map.Fault("days", "is empty; leave it out for every day.");
        }

        return days;
    }

    private static TimeSpan? ReadTime(YamlMap map, string key, bool isEnd)
    {
        var text = map.Text(key, "");
        if (isEnd && text == "24:00")
        {
            return TimeSpan.FromDays(1);
        }

        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time.ToTimeSpan();
        }

        map.Fault(key, text.Length == 0
            ? "is missing: a time of day in UTC, such as 22:00."
            : $"is '{text}'; it must be a time of day in UTC from 00:00 to {(isEnd ? "24:00" : "23:59")}.");
        return null;
    }

    // Two rules for one minute would make the order in the file decide; whoever writes it should.
    private static void Take(YamlMap map, ScheduleRule rule, int[] taken, int number)
    {
        for (var day = 0; day < DayNames.Length; day++)
        {
            for (var minute = 0; (rule.Days & 1 << day) != 0 && minute < rule.Length.TotalMinutes; minute++)
            {
                ref var by = ref taken[((day * MinutesOfDay) + (int)rule.From.TotalMinutes + minute) % MinutesOfWeek];
                if (by != 0 && by != number)
                {
                    map.Fault("from", $"begins a time that overlaps rule {by} of the schedule.");
                    return;
                }

                by = number;
            }
        }
    }
}
