"""Errors that carry more than their message."""

from portique.core.errors import FileRefused


def test_a_refused_file_keeps_its_cause_beside_its_message():
    """Pages choose their sentence by the code, technicians read the message."""
    error = FileRefused("bomb", "the zip would unpack to too much")

    assert (error.cause, str(error)) == ("bomb", "the zip would unpack to too much")
