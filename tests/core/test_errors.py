"""Errors that carry more than their message."""

from portique.core.errors import FileRefused, TimetableError
from portique.core.plain import Words


def test_a_refused_file_keeps_its_cause_beside_its_message():
    """Pages choose their sentence by the code, technicians read the message."""
    error = FileRefused("bomb", "the zip would unpack to too much")

    assert (error.cause, str(error)) == ("bomb", "the zip would unpack to too much")


def test_a_timetable_error_says_itself_in_both_languages():
    """Commands and logs have the English sentence, pages choose."""
    error = TimetableError(Words("le fichier est vide", "the file is empty"))

    assert (error.words.fr, str(error)) == ("le fichier est vide", "the file is empty")
