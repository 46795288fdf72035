"""Tags every template has: sentences in both languages, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from portique.core.values import Language
from portique.server.words import language, spoken

if TYPE_CHECKING:
    from portique.core.plain import Words

register = template.Library()


@register.simple_tag
def say(fr: str, en: str, **values: Any) -> SafeString:
    """Write one of two sentences of the template, with `values` in the places of {names}.

    The sentences are the template's own text; the values are escaped.
    """
    chosen = fr if language() is Language.FR else en
    if values:
        return format_html(chosen, **values)
    return mark_safe(chosen)  # noqa: S308 -- a template's own words


@register.filter
def in_words(both: Words | None) -> SafeString:
    """Write a sentence of the core's in the language of the page."""
    return conditional_escape("" if both is None else spoken(both))
