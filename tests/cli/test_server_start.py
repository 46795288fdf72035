"""What `portique server run` says when it starts."""

from portique.cli.server import tell_missing_pages
from portique.server.wallet import web_files


def test_pages_that_cannot_be_served_are_told_with_their_remedy(tmp_path, monkeypatch, capsys):
    """A checkout whose modules of others were never fetched: phones would get an error."""
    tell_missing_pages()
    whole = capsys.readouterr().err
    monkeypatch.setattr(web_files, "PLACES", (tmp_path,))
    tell_missing_pages()

    assert whole == ""
    assert "run make install" in capsys.readouterr().err
