"""Pages of the rules, by what one does there."""
