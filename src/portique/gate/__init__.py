"""The gate: one process group per lane, deciding alone."""
