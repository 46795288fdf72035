"""A school's day: who was not seen at the gate, messages to guardians, late slips."""
