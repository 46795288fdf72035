"""The exit rule explained in one line, for the agent, the pupil and the parents.

«sortie possible à 15 h 30 : régime vert, plus de cours»
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portique.core.exits import ExitAnswer, Leaver, Verdict, Why, may_leave
from portique.core.localtime import local_clock
from portique.core.plain import Words
from portique.core.values import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WHY_WORDS: Mapping[Why, Words] = {
    Why.OF_AGE: Words("sort librement", "may leave freely"),
    Why.NO_LESSON_NOW: Words("pas de cours en ce moment", "no lesson now"),
    Why.PERIOD_OVER: Words("plus de cours", "no more lessons"),
    Why.PERMISSION: Words("autorisation ponctuelle", "one-off permission"),
    Why.IN_LESSON: Words("cours en ce moment", "a lesson is going on"),
    Why.LESSON_LATER: Words("encore un cours", "another lesson to come"),
    Why.WEEK_NOT_OVER: Words("la semaine n’est pas finie", "the week is not over"),
    Why.BEFORE_MEAL: Words("repas pris à l’établissement", "eats at school"),
    Why.BEFORE_DAY_ENDS: Words("la journée n’est pas finie", "the school day is not over"),
    Why.NEVER_ALONE: Words("sur autorisation seulement", "by permission only"),
    Why.REGIME_UNKNOWN: Words("régime de sortie inconnu", "exit regime unknown"),
    Why.TIMETABLE_UNKNOWN: Words("emploi du temps inconnu", "timetable unknown"),
}
HEADS: Mapping[Verdict, Words] = {
    Verdict.PERMITTED: Words("sortie possible à", "may leave at"),
    Verdict.NOT_PERMITTED: Words("pas de sortie à", "may not leave at"),
    Verdict.REGIME_UNKNOWN: Words("sortie à vérifier à", "exit to be checked at"),
    Verdict.TIMETABLE_UNKNOWN: Words("sortie à vérifier à", "exit to be checked at"),
}
LATER = Words("possible à", "may leave at")
REGIME = Words("régime {}", "{} regime")
_COLON = {Language.FR: "\N{NO-BREAK SPACE}:", Language.EN: ":"}
_SEMICOLON = {Language.FR: "\N{NARROW NO-BREAK SPACE};", Language.EN: ";"}
_WITHOUT_REGIME = frozenset({Why.PERMISSION, Why.REGIME_UNKNOWN})


def explain_exit(leaver: Leaver, at_ms: int) -> Words:
    """Say in words whether a pupil may leave at an instant, why, and when they may."""
    return answer_in_words(may_leave(leaver, at_ms), leaver.plan.zone_name)


def answer_in_words(answer: ExitAnswer, zone: str) -> Words:
    """Put an answer in words; `zone` is the school's time zone."""
    return Words(*(_line(answer, zone, language) for language in (Language.FR, Language.EN)))


def _line(answer: ExitAnswer, zone: str, language: Language) -> str:
    head = HEADS[answer.verdict].in_language(language)
    reasons = ", ".join(_reasons(answer, language))
    line = f"{head} {clock_words(answer.at_ms, zone, language)}{_COLON[language]} {reasons}"
    if answer.later is None:
        return line
    when = clock_words(answer.later[0], zone, language)
    why = WHY_WORDS[answer.later[1]].in_language(language)
    return f"{line}{_SEMICOLON[language]} {LATER.in_language(language)} {when} ({why})"


def _reasons(answer: ExitAnswer, language: Language) -> Iterator[str]:
    """Yield the regime, what it rests on, and by whom; never a permission's own reason."""
    if answer.regime and answer.why not in _WITHOUT_REGIME:
        yield REGIME.in_language(language).format(answer.regime.title.in_language(language))
    yield WHY_WORDS[answer.why].in_language(language)
    if answer.permission:
        yield answer.permission.by


def clock_words(at_ms: int, zone: str, language: Language) -> str:
    """Write a local time in prose: 15 h 30, 15 h in French; 15:30 in English."""
    hour, minute = local_clock(at_ms, zone)
    if language is Language.EN:
        return f"{hour}:{minute:02}"
    space = "\N{NO-BREAK SPACE}"
    return f"{hour}{space}h{space}{minute:02}" if minute else f"{hour}{space}h"
