"""Gates that come and go: enrolment, knowledge down, entries up, health."""
