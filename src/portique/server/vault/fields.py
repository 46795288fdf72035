"""Model fields whose column holds only a sealed form.

A value is bound to its model, row and field (it opens nowhere else), so a row needs its primary key
before it is saved: use a UUID made when the row is. Sealed columns can't be searched, ordered or
updated in bulk; who looks for a name uses the index in memory (`people.index`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from portique.core import canonical, seal
from portique.core.errors import EnvironmentProblem, PassError, SealedIdentityError
from portique.server.entropy import entropy
from portique.server.vault import keyfiles

if TYPE_CHECKING:
    from portique.core.seal import SecretKey

    _Column = models.BinaryField[str, str]  # what rows are given and give
else:
    _Column = models.BinaryField

SEALED_BYTES_MAX = 8192
DOCUMENT_BYTES_MAX = 64 * 1024 * 1024


def the_key() -> SecretKey:
    """Return the school's key for identities."""
    if settings.PORTIQUE_SCHOOL is None:
        raise EnvironmentProblem("no school is served: set PORTIQUE_SCHOOL to its folder")
    return keyfiles.identity_key(settings.PORTIQUE_SCHOOL)


class _Opening:
    """What a sealed field is on a row: its text, opened when it is first asked for."""

    def __init__(self, field: SealedTextField) -> None:
        self._field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        """Return the text."""
        if instance is None:
            return self
        held = instance.__dict__.get(self._field.attname, "")
        if isinstance(held, bytes | memoryview | bytearray):
            held = self._field.opened(instance, bytes(held))
            instance.__dict__[self._field.attname] = held
        return held

    def __set__(self, instance: models.Model, value: object) -> None:
        """Keep a text, or the sealed form that the database gave."""
        instance.__dict__[self._field.attname] = value


class SealedTextField(_Column):
    """A text that is sealed in the database; empty stays empty."""

    bytes_max = SEALED_BYTES_MAX

    def contribute_to_class(
        self,
        cls: type[models.Model],
        name: str,
        private_only: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Put the opening in the place of the plain attribute."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Opening(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002, FBT001
        """Return the sealed form, with a new nonce each time."""
        text = getattr(model_instance, self.attname)
        return _Sealed(self._sealed(model_instance, text)) if text else b""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Let sealed forms pass, and nothing else.

        Raises:
            TypeError: A plain text would have been written or looked for.
        """
        if isinstance(value, _Sealed) or value == b"":
            return super().get_db_prep_value(bytes(value), connection, prepared)
        raise TypeError(f"{self.name} is sealed: save the row; it can't be searched or updated")

    def _sealed(self, row: models.Model, text: str) -> bytes:
        iv = entropy(seal.IV_BYTES)
        return canonical.encode(seal.encrypt(text.encode(), the_key(), iv=iv, aad=self._place(row)))

    def opened(self, row: models.Model, sealed: bytes) -> str:
        """Open what the column of a row holds.

        Raises:
            EnvironmentProblem: Sealed by another school's key, moved from another row, or damaged.
        """
        if not sealed:
            return ""
        try:
            item = canonical.decode(sealed, bytes_max=self.bytes_max)
            held = seal.encrypted_from(item)
            return seal.decrypt(held, the_key(), aad=self._place(row)).decode()
        except (PassError, SealedIdentityError, UnicodeDecodeError) as error:
            raise EnvironmentProblem(
                "an identity does not open with this school's key; restore the key that goes with "
                "this database"
            ) from error

    def _place(self, row: models.Model) -> bytes:
        if row.pk is None:
            raise TypeError("a row with sealed fields has its key before it is saved")
        return f"{row._meta.label_lower}|{row.pk}|{self.name}".encode()  # noqa: SLF001 -- Django's own


class SealedDocumentField(SealedTextField):
    """A long text, such as a file between two steps of its import."""

    bytes_max = DOCUMENT_BYTES_MAX


class _Sealed(bytes):
    """A form made by `pre_save`, told from any other bytes."""


def as_sealed(stored: bytes) -> bytes:
    """Take what a sealed column held, to put it back into the same row as it was."""
    return _Sealed(stored)
