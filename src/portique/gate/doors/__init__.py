"""What a gate releases or lights: one module per driver."""
