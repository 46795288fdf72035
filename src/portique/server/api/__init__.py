"""The REST interface, versioned, for the school's other programs."""
