"""Who signs in, by which means, and what each role may do."""
