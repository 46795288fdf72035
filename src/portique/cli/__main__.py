"""`python -m portique.cli` is the `portique` command."""

from portique.cli.main import main

main(prog_name="portique")
