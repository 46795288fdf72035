"""Measure reading and write the figures into its page: what `docs/reading.md` states was measured.

Run `python -m portique.cli.bench_sight_page docs/reading.md --seeds 50` to write them anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portique.cli.bench_sight import fault_rows, scene_rows, still_rows, time_rows
from portique.cli.bench_sight_phone import beside_rows, phone_reader

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
COLOURS = {"portique": "#0b6e4f", "zxing-cpp": "#c8553d", "opencv": "#6c757d", "pyzbar": "#3d5a80"}
DASHES = {"portique": "", "zxing-cpp": "7 4", "opencv": "2 4", "pyzbar": "10 3 2 3"}
WIDTH, HEIGHT, LEFT, TOP = 360, 240, 46, 30


@click.command()
@click.argument("page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seeds", default=50, show_default=True, help="Showings for each fault.")
@click.option("--scenes", default=120, show_default=True, help="Showings for each condition.")
@click.option("--stills", default=40, show_default=True, help="Photographs of each kind.")
@click.option(
    "--media",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of real photographs that holds qr/; without it, the phone's table has none.",
)
@click.option("--only-phone", is_flag=True, help="Measure the phone's table alone.")
def write(
    page: Path, seeds: int, scenes: int, stills: int, media: Path | None, *, only_phone: bool
) -> None:
    """Measure reading and replace the figures between the marks of PAGE."""
    parts = phone_part(seeds, scenes, media)
    if not only_phone:
        parts |= gate_parts(page, seeds, scenes, stills)
    text = page.read_text(encoding="utf-8")
    for name, body in parts.items():
        text = replaced(text, name, body)
    page.write_text(text, encoding="utf-8")


def phone_part(seeds: int, scenes: int, media: Path | None) -> dict[str, str]:
    """Measure the phone's reader beside the gate's; without Node, its table stays as it is."""
    with phone_reader() as phone:
        if phone is None:
            click.echo("no Node here, or no web/tests: the phone's table was not measured")
            return {}
        rows = list(beside_rows(phone, seeds, scenes, media))
    return {"phone": table(rows, ("showing", "of", "gate", "phone", "phone_wrong"))}


def gate_parts(page: Path, seeds: int, scenes: int, stills: int) -> dict[str, str]:
    """Measure the gate's reader beside its peers, and draw the charts."""
    faults = list(fault_rows(seeds))
    parts = {
        "time": table(time_rows(), ("reader", "frame", "median_ms", "max_ms")),
        "faults": table(
            faults, ("fault", "modules", "reader", "read", "showings", "wrong", "mean_ms")
        ),
        "scenes": table(scene_rows(scenes), ("condition", "read", "showings", "wrong")),
        "stills": table(
            still_rows(stills),
            ("photograph", "texts", "portique", "zxing-cpp", "wrong", "mean_ms", "max_ms"),
        ),
    }
    pictures = page.parent / "pictures"
    pictures.mkdir(exist_ok=True)
    for fault in ("defocus", "motion"):
        drawn = chart([row for row in faults if row["fault"] == fault], fault)
        (pictures / f"reading-{fault}.svg").write_text(drawn, encoding="utf-8")
    return parts


def replaced(text: str, name: str, body: str) -> str:
    """Return the page with what stands between two marks replaced."""
    marks = re.compile(rf"(<!-- measured {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
    return marks.sub(lambda found: f"{found[1]}{body}{found[2]}", text)


def table(rows: Iterable[Row], columns: tuple[str, ...]) -> str:
    """Return rows as a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def chart(rows: list[Row], fault: str) -> str:
    """Draw the share of showings read against one fault, as SVG."""
    steps = sorted({float(row["modules"]) for row in rows})
    low, high = steps[0], steps[-1]

    def place(step: float, share: float) -> str:
        x = LEFT + (step - low) / (high - low) * (WIDTH - LEFT - 16)
        return f"{x:.1f},{TOP + (1 - share) * (HEIGHT - TOP - 40):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 24}" role="img">',
        f"<title>Showings read within one second, against {fault}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        '<g font-family="sans-serif" font-size="11" fill="#222">',
    ]
    for share in (0.0, 0.5, 1.0):
        start, end = place(low, share), place(high, share)
        parts.append(f'<polyline points="{start} {end}" stroke="#ddd" fill="none"/>')
        parts.append(f'<text x="6" y="{float(start.split(",")[1]) + 4}">{share:.0%}</text>')
    for step in steps:
        x = place(step, 0).split(",")[0]
        parts.append(f'<text x="{x}" y="{HEIGHT - 22}" text-anchor="middle">{step:g}</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">{fault}, in modules</text>')
    for number, (reader, colour) in enumerate(COLOURS.items()):
        points = " ".join(
            place(float(row["modules"]), row["read"] / row["showings"])
            for row in rows
            if row["reader"] == reader
        )
        line = f'fill="none" stroke="{colour}" stroke-dasharray="{DASHES[reader]}"'
        parts.append(f'<polyline points="{points}" {line} stroke-width="2.5"/>')
        across = LEFT + 78 * number
        parts.append(f'<text x="{across}" y="{HEIGHT + 14}" fill="{colour}">{reader}</text>')
    return "\n".join([*parts, "</g>", "</svg>", ""])


if __name__ == "__main__":
    write()
