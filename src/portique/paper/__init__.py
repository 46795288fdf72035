"""Passes on paper: Typst documents, tagged PDF."""
