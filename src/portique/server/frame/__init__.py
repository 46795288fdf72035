"""What every page shares: the frame around it, words, messages, errors, headers, logs."""
