"""The school's rules: calendar, timetable, today's changes, exit regimes, permissions."""
