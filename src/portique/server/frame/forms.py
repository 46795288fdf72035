"""How forms look: one template for all of them, with labels, hints and errors tied to fields."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Django's renderer with our own form template."""

    form_template_name = "django/forms/div.html"
