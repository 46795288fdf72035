"""How forms look: one template for all of them, with labels, hints and errors tied to fields."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Django's renderer with our own templates for forms and fields."""

    form_template_name = "frame/form.html"
    field_template_name = "frame/field.html"
