"""Names and other identities at rest: sealed with the school's key, field by field."""
