"""`portique server backup-key`, `backup` and `restore`: copies of a served school's database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portique.cli.options import file_to_read, json_option, now, school_option
from portique.cli.server_recovery import asked_key, key_option
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.school.disk import write_durably
from portique.school.folder import KEYS, read_settings

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from portique.server.backup.after import Restored

PUBLIC = "backup.pub"
COUNT_AGAIN = Words(
    "\nLes laissez-passer annulés ou suspendus depuis comptent de nouveau. Refaites-le, ou, AVANT"
    " de lancer le serveur (les portiques remplacent leur fichier dès qu’ils l’entendent)\u00a0:"
    " retirez la base qui vient d’être remplie (server.db et les fichiers server.db-*, ou celle de"
    " DATABASE_URL), et recommencez avec --knowledge et le fichier current.knowledge d’un"
    " portique.",
    "\nPasses revoked or suspended since count again. Do it once more or, BEFORE the server is"
    " started (gates replace their file as soon as they hear it): remove the database that was"
    " just filled (server.db and the files server.db-*, or that of DATABASE_URL), and begin again"
    " with --knowledge and a gate’s file current.knowledge.",
)
TO_DO_AGAIN = Words(
    "\nÀ refaire aussi\u00a0: ce qui fut délivré, changé ou désactivé depuis (cartes, comptes,"
    " jetons, autorisations, portiques ajoutés ou retirés).",
    "\nTo do again as well: what was issued, changed or disabled since (cards, accounts, tokens,"
    " permissions, gates added or removed).",
)


@click.command("backup-key")
@school_option
@json_option
def backup_key(folder: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Make the key of a school's backups; the half that opens them is shown once.

    \b
    Exit code: 0 done, 2 wrong use, 5 there is a key already, no school, or the disk refuses.

    \b
    Example:
        portique server backup-key --school lycee
    """
    from portique.server.backup.sealing import new_key

    read_settings(folder)
    path = folder / KEYS / PUBLIC
    if path.exists():
        raise EnvironmentProblem(
            f"{path} exists already: backups made so far open with its other half; "
            "to change keys, set that file aside first"
        )
    public, secret = new_key()
    try:
        write_durably(path, public.encode() + b"\n")
    except OSError as error:
        raise EnvironmentProblem(f"{path} can't be written ({error.strerror})") from error
    say(
        {"public": public, "secret": secret},
        as_json=as_json,
        words=Words(
            f"Les sauvegardes seront chiffrées. Pour les ouvrir, il faudra cette clé, montrée une"
            f" seule fois\u00a0:\n\n  {secret}\n\nImprimez-la et gardez-la sous clé, hors de cette"
            " machine.",
            f"Backups will be encrypted. To open them you will need this key, shown only once:\n\n"
            f"  {secret}\n\nPrint it and lock it away, off this machine.",
        ),
    )


@click.command("backup")
@school_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The new file.")
@json_option
def backup(folder: Path, out: Path, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Copy the database into a new sealed file, while the server works.

    Keys are not in it: keep a copy of the folder keys/ apart, under lock.

    \b
    Exit code: 0 done, 1 the public key is damaged, 2 wrong use, 5 no key yet, or the disk refuses.

    \b
    Example:
        portique server backup --school lycee --out lycee-2026-11-22.age
    """
    from portique.server.config.starting import make_ready

    make_ready(folder)
    from portique.server.backup import copies
    from portique.server.backup.after import put_list_beside

    key = _public_key(folder)
    copied = copies.save(out, key, uai=read_settings(folder).uai, at=now())
    put_list_beside(folder, out)
    say(
        {"out": str(out), "rows": copied.rows, "bytes": out.stat().st_size},
        as_json=as_json,
        words=Words(
            f"{copied.rows} lignes sauvegardées dans {out}.", f"{copied.rows} rows saved in {out}."
        ),
    )


def _public_key(folder: Path) -> str:
    path = folder / KEYS / PUBLIC
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise EnvironmentProblem(
            f"backups have no key yet; make one with: portique server backup-key --school {folder}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentProblem(f"{path} can't be read; restore it") from error


@click.command("restore")
@school_option
@click.argument("copy")
@click.option("--key", "key_file", required=True, help="File with the key that opens backups.")
@key_option
@click.option("--without-recovery-key", "without", is_flag=True, help="It is lost; see below.")
@click.option("--knowledge", "newest", help="The file current.knowledge of a gate.")
@json_option
def restore(
    folder: Path,
    copy: str,
    key_file: str,
    recovery_file: str | None,
    without: bool,  # noqa: FBT001 - a flag
    newest: str | None,
    as_json: bool,  # noqa: FBT001 - a flag
) -> None:
    r"""Put a copy back into the empty database of a school's folder.

    The folder holds school.toml and keys/, and no database. What was erased since the copy is
    erased again, by the list in the folder (erased.list) or beside the copy (UAI.erased). Gates
    notice the restored server and file again what it lacks.

    Passes revoked or suspended since the copy count again, unless a gate's newest knowledge says
    which they were: --knowledge. Without the recovery key of a school that has one, its gates take
    no knowledge of this server until `server new-epoch`, or until they are made anew.

    \b
    Exit code: 0 done, 1 damaged, another school's, or the database is not empty, 2 wrong use,
    5 a file or key can't be read.

    \b
    Example:
        portique server restore --school lycee copies/lycee-2026-11-22.age --key key.txt
            --recovery-key recovery.txt --knowledge current.knowledge
    """
    source, key = file_to_read(copy), file_to_read(key_file).read_text(encoding="utf-8")
    told = file_to_read(newest).read_bytes() if newest else None
    recovery = None if without else asked_key(folder, recovery_file)
    from portique.server.config import starting

    starting.make_ready(folder)
    starting.migrate()
    from portique.server.backup.after import Wanted, put_back

    done = put_back(folder, Wanted(source, key, recovery, told))
    tell_restored(done, read_settings(folder).zone, as_json=as_json, asked=told is None)


def tell_restored(done: Restored, zone: ZoneInfo, *, as_json: bool, asked: bool) -> None:
    """Say what came back, and what a person has to do again."""
    copied, again = done.copied, COUNT_AGAIN if asked else Words("", "")
    at = copied.made_at.astimezone(zone)
    say(
        {
            "rows": copied.rows,
            "made_at": copied.made_at.isoformat(),
            "erased": done.erased,
            "stopped": done.stopped,
        },
        as_json=as_json,
        words=Words(
            f"{copied.rows} lignes remises en place, de la copie du {at:%d/%m/%Y à %H:%M}"
            f" ({zone}).\n"
            f"{done.erased} effacements refaits, {done.stopped} laissez-passer arrêtés de nouveau."
            f"{again.fr}{TO_DO_AGAIN.fr}",
            f"{copied.rows} rows put back, of the copy of {at:%Y-%m-%d %H:%M} ({zone}).\n"
            f"{done.erased} erasures done again, {done.stopped} passes stopped again."
            f"{again.en}{TO_DO_AGAIN.en}",
        ),
    )
