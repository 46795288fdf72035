"""Pages of passes, by what one does there."""
