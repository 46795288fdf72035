"""The gate's side of the link with its school's server: beside the loop, never in its way."""
