"""When lessons take place: timetables read from files, today's changes, the school's year."""
