"""`portique server backup-key`, `backup` and `restore`: copies of a served school's database."""

from __future__ import annotations

from pathlib import Path

import click

from portique.cli.options import file_to_read, json_option, now, school_option
from portique.cli.speaking import say
from portique.core.errors import EnvironmentProblem
from portique.core.plain import Words
from portique.school.disk import write_durably
from portique.school.folder import KEYS, read_settings

PUBLIC = "backup.pub"


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
            f" seule fois\u202f:\n\n  {secret}\n\nImprimez-la et gardez-la sous clé, hors de cette"
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
@json_option
def restore(folder: Path, copy: str, key_file: str, as_json: bool) -> None:  # noqa: FBT001 - a flag
    r"""Put a copy back into the empty database of a school's folder.

    The folder holds school.toml and keys/, and no database. Gates notice the restored server and
    file again what it lacks.

    \b
    Exit code: 0 done, 1 damaged, another school's, or the database is not empty, 2 wrong use,
    5 a file or key can't be read.

    \b
    Example:
        portique server restore --school lycee lycee-2026-11-22.age --key key.txt
    """
    source, key = file_to_read(copy), file_to_read(key_file).read_text(encoding="utf-8")
    from portique.server.config import starting

    starting.make_ready(folder)
    starting.migrate()
    from portique.server.backup import copies
    from portique.server.backup.after import restored

    copied = copies.restore(source, key, uai=read_settings(folder).uai)
    done = restored(folder, beside=source.parent)
    say(
        {"rows": copied.rows, "made_at": copied.made_at.isoformat(), "erased": done.erased},
        as_json=as_json,
        words=Words(
            f"{copied.rows} lignes remises en place, du {copied.made_at:%d/%m/%Y à %H:%M}.",
            f"{copied.rows} rows put back, of {copied.made_at:%Y-%m-%d %H:%M}.",
        ),
    )
