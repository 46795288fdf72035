"""The issuing school's folder: keys, register of passes, knowledge."""
