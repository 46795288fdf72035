"""Both languages are complete, on every page and in every answer to a form."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from tests.server.conftest import NAME
from tests.server.pages.reading import Reading
from tests.server.pages.visits import Visitors, drawn

from portique import server
from portique.school.rules import calendar_of, regimes_of
from portique.server.accounts.models import Device, User
from portique.server.api.models import Token
from portique.server.gates.models import Gate
from portique.server.outgoing.models import Destination
from portique.server.people.models import Person
from portique.server.school.house import served_school
from portique.server.school.queries import groups_known

PACKAGE = Path(server.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
MODULES = sorted(PACKAGE.rglob("*.py"))
SAME = {  # what both languages call alike
    "Agent", "Badge", "Badges", "Code", "Date", "English", "Français", "Menu", "Message", "Mode",
    "Messages", "Notes", "OpenAPI", "PDF", "PIN", "Permissions", "Portique", "SIECLE", "SMS",
    "URL", "Vibration", "Zone", "Zone A", "Zone B", "Zone C", "badge", "min",
    "portique gate enrol --camera 0 --out gate.toml", "version {number}",
    "--behind-proxy", "--public-name",
}  # fmt: skip
LETTER = re.compile(r"[^\W\d_]{2}")
BARE = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>|&\w+;|\d", re.DOTALL)
CLASSES = re.compile(r"{% block body_class %}.*?{% endblock %}")
WORD = re.compile(r"[^\W\d_]{2,}")
SAY = re.compile(r"""^say\s+("[^"]*"|'[^']*')\s+("[^"]*"|'[^']*')""")
CARELESS = {  # French spaces its punctuation with narrow spaces; English does not
    "fr": re.compile(
        r"(?<![\u202f\u00a0])[;!?»](?=\s|$)|«(?!\u202f)|(?<=[^\u00a0\u202f]):(?=\s|$)|\w'\w"
    ),
    "en": re.compile(r"[\u202f\u00a0][;!?:»]|«"),
}
BROKEN = 500
TYPED = ("FONTAINE", "NOIRET", "ROCHE", "Nom", "Prénom", "Classe", "Divers", "Aubry", "Noé", "Léa",
         "4E03", "4E99", "loge", "Brun", "Cantine", "teacher")  # fmt: skip
CODE = re.compile(
    r"https?:\S+|\b[A-Z]+(_[A-Z]+)* \(\d+\)|\b[a-z]+:[a-z]+\b"
    r"|[A-Z][\w-]+: [\w/]+|\b[0-9a-f]{8}\b|·"
)


def data() -> re.Pattern[str]:
    """Find what people wrote, not we: names, classes, titles."""
    calendar = calendar_of(served_school())
    found = {NAME, *TYPED, *groups_known(calendar), *(one.title for one in calendar.openings)}
    for regime in regimes_of(served_school()).values():
        found |= {regime.title.fr, regime.title.en, regime.code}
    for person in Person.objects.all():
        found |= {person.shown_name, person.label, person.civil_first_name, person.civil_last_name}
    rows = (User.objects, Device.objects, Token.objects, Destination.objects)
    found |= {row.name for managed in rows for row in managed.all()}
    found |= {user.login for user in User.objects.all()}
    found |= set(Gate.objects.values_list("pk", flat=True))
    longest_first = sorted(filter(None, found), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def untold(texts: set[str], written: re.Pattern[str]) -> list[str]:
    """Return what is left of texts without what people wrote, and without what is called alike."""
    left = {" ".join(CODE.sub(" ", written.sub(" ", text)).split()) for text in texts}
    return sorted(text for text in left if LETTER.search(text) and text not in SAME)


@pytest.mark.slow
def test_no_text_of_any_page_is_the_same_in_both_languages(visitors: Visitors):
    """A sentence without its translation would be: ours, Django's, allauth's; none is broken."""
    french, english = (list(drawn(visitors, language)) for language in ("fr", "en"))
    written, wrong = data(), {}
    for one, other in zip(french, english, strict=True):
        both = [set(Reading(shown.html).texts) for shown in (one, other)]
        faults = untold(both[0] & both[1], written)
        for language, texts in zip(("fr", "en"), both, strict=True):
            plain = {CODE.sub("…", written.sub("…", text)) for text in texts}
            faults += [text for text in plain if CARELESS[language].search(text)]
        if faults or one.status >= BROKEN or other.status >= BROKEN:
            wrong[one.name] = (one.status, other.status, *faults)

    assert wrong == {}


def test_templates_say_everything_twice():
    """No bare word, and two different sentences in each tag."""
    wrong = {each.name: list(faults_of(each.read_text(encoding="utf-8"))) for each in TEMPLATES}

    assert {name: faults for name, faults in wrong.items() if faults} == {}


def faults_of(template: str) -> Iterator[str]:
    """Find words outside of tags, and tags that say one thing only."""
    text = ""
    for token in Lexer(CLASSES.sub("", template)).tokenize():
        if token.token_type is TokenType.TEXT:
            text += token.contents
        elif token.token_type is TokenType.BLOCK and token.contents.startswith("say "):
            said = SAY.match(token.contents)
            if said is None or not differ(said[1][1:-1], said[2][1:-1]):
                yield token.contents
    yield from (word for word in WORD.findall(BARE.sub(" ", text)) if word not in SAME)


def differ(french: str, english: str) -> bool:
    """Say whether both are there and are not one text."""
    told = bool(french.strip() and english.strip())
    return told and (french != english or french in SAME or not LETTER.search(french))


def calls(function: Callable[[ast.Call], bool]) -> Iterator[tuple[str, ast.Call]]:
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and function(node):
                yield f"{module.relative_to(PACKAGE)}:{node.lineno}", node


def test_sentences_of_the_code_are_there_in_both_languages():
    """`words("…", "…")` and `Words("…", "…")` with two texts that differ."""
    names = {"words", "Words"}
    found = calls(lambda node: isinstance(node.func, ast.Name) and node.func.id in names)
    wrong = []
    for where, node in found:
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if len(texts) == len(node.args) == 2 and not differ(*map(str, texts)):
            wrong.append((where, texts[0]))

    assert wrong == []
