"""What is asked for a destination."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms

from portique.server.outgoing.actions import Wanted
from portique.server.outgoing.models import CHOSEN, EventType, Reach
from portique.server.outgoing.sending import PORTS
from portique.server.outgoing.words import EVENT_WORDS, REACH_WORDS
from portique.server.words import words

SAFE, OPEN = {"https", "mqtts"}, {"http", "mqtt"}
TOPIC = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")
NO_ADDRESS = words(
    "Une adresse qui commence par https://, mqtts://, http:// ou mqtt://, sans mot de passe.",
    "An address that begins with https://, mqtts://, http:// or mqtt://, without a password.",
)
IN_CLEAR = words(
    "Sur internet, seulement https:// ou mqtts://.", "On the internet, https:// or mqtts:// only."
)
NO_TOPIC = words(
    "Des lettres, chiffres, points, tirets, séparés par des barres obliques.",
    "Letters, digits, dots, hyphens, parted by slashes.",
)
NEEDS_TOPIC = words("Un courtier MQTT demande un sujet.", "An MQTT broker needs a topic.")


class DestinationForm(forms.Form):
    """Where, on which network, which events; for a broker also who we are there."""

    name = forms.CharField(
        label=words("Nom du programme", "Name of the program"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    address = forms.CharField(
        label=words("Adresse", "Address"),
        help_text=words(
            "https://programme.exemple/portique, ou mqtts://courtier.exemple pour MQTT",
            "https://program.example/portique, or mqtts://broker.example for MQTT",
        ),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    reach = forms.ChoiceField(
        label=words("Où est ce programme", "Where the program is"),
        help_text=words(
            "Rien n’est envoyé si l’adresse se révèle être ailleurs.",
            "Nothing is sent if the address turns out to be elsewhere.",
        ),
        choices=[(one.value, words(said.fr, said.en)) for one, said in REACH_WORDS.items()],
    )
    events = forms.MultipleChoiceField(
        label=words("Ce qu’il apprend", "What it is told"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, words(EVENT_WORDS[one].fr, EVENT_WORDS[one].en)) for one in CHOSEN],
    )
    topic = forms.CharField(
        label=words("Sujet (MQTT)", "Topic (MQTT)"), max_length=100, required=False,
        help_text=words("Par exemple : lycee/portique", "Such as: school/portique"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    login = forms.CharField(
        label=words("Identifiant (MQTT)", "Login (MQTT)"), max_length=80, required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    password = forms.CharField(
        label=words("Mot de passe (MQTT)", "Password (MQTT)"), max_length=200, required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_address(self) -> str:
        """Refuse what is no address of a program, or holds a password in clear."""
        address: str = self.cleaned_data["address"].strip()
        try:
            place = urlsplit(address)
            port = place.port
        except ValueError as error:
            raise forms.ValidationError(NO_ADDRESS) from error
        plain = "@" not in place.netloc and not place.fragment and port != 0
        printed = address.isascii() and address.isprintable() and " " not in address
        if place.scheme not in PORTS or not place.hostname or not plain or not printed:
            raise forms.ValidationError(NO_ADDRESS)
        return address

    def clean_topic(self) -> str:
        """Refuse wildcards and the broker's own topics."""
        topic: str = self.cleaned_data["topic"]
        if topic and not TOPIC.fullmatch(topic):
            raise forms.ValidationError(NO_TOPIC)
        return topic

    def clean(self) -> dict[str, Any]:
        """Ask for TLS beyond the school's network, and for a topic at a broker."""
        given = super().clean() or self.cleaned_data
        scheme = given.get("address", "").partition(":")[0]
        if scheme in OPEN and given.get("reach") == Reach.INTERNET:
            self.add_error("address", IN_CLEAR)
        if scheme.startswith("mqtt") and not given.get("topic") and "topic" not in self.errors:
            self.add_error("topic", NEEDS_TOPIC)
        return given

    @property
    def wanted(self) -> Wanted:
        """Return what was asked for; the form is valid."""
        given: dict[str, Any] = self.cleaned_data
        return Wanted(
            given["name"], given["address"], Reach(given["reach"]),
            tuple(EventType(one) for one in given["events"]),
            given["topic"], given["login"], given["password"],
        )  # fmt: skip
