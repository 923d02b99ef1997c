"""What could tell who answered: names, addresses, links and numbers of a person.

A survey program exports them beside the answers. None is ever mapped to an item, and a free text that holds an
address is set aside. It is a net and no proof: a person still reads the draft of a mapping, and the texts.

Not here: when an institution may ride with an answer (arrive.py: as a stratum of at least five invited).
"""

import re

_NAMED = {  # what a column's name or question says, as words parted by one space
    r"\b(e mail|email|mail address|recipient ?email)\b": "an e-mail address",
    r"\bip( ?addr(ess)?)?$|^ip\b|\bip ?addr(ess)?\b": "an internet address",
    r"\b(first|last|full|sur|family|given|middle|your|patient s|patient|respondent|participant|recipient) ?names?\b": "a name",
    r"^(name|names|initials|your initials|patient initials|naam|name des patienten|nom|nome|nombre|namn|navn|имя)$": "a name",
    r"\b(voornaam|achternaam|nachname|vorname|prénom|prenom|apellidos?|cognome|efternamn|etternavn)\b": "a name",
    r"\b(telephone|phone|fax|pager|telefoon|telefon|téléphone|teléfono)( number)?\b": "a telephone number",
    r"^(name of )?(the |your )?(hospital|institution|centre|center|site|employer|ziekenhuis|krankenhaus|klinik|hôpital|hopital)"
    r"( name| id| code| naam)?$": "an institution: it rides with an answer only as a stratum",
    r"\b(home|postal|street|mailing|your) address\b|^address$|\b(zip|post) ?code\b": "an address",
    r"\b(location )?(latitude|longitude)\b|\bgps\b": "a place on the map",
    r"\b(response|personal|survey|ref|referrer) ?(link|url)\b|^(url|link)$": "a link to one response",
    r"\b(date of birth|birth ?date|birthday|dob|geboortedatum|geburtsdatum|date de naissance)\b": "a date of birth",
    r"\b(mrn|ssn|social security|passport|orcid|nhs number|hospital number|medical record number|licen[cs]e number)\b":
        "a number of a person",
    r"\b(patient|participant|respondent|subject|person|user|contact|panel|worker) ?id\b|^token$": "a number of a person",
    r"\bexternal ?(data ?)?reference\b|\bsurvey identifier\b|^username$|^user name$": "a name that somebody else gave a person",
    r"\b(response|record|session|distribution) ?id\b|^id$": "the number of a response, by which it can be traced",
}  # fmt: skip
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_HELD = {
    "an e-mail address": _EMAIL,
    "an internet address": re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    "a link": re.compile(r"\bhttps?://\S+"),
}
LONGEST_LABEL = 8  # words; a longer question about a name is hardly a question for one's own


def named(header: str, label: str = "") -> str:
    """Say what identity a column's name, or a short question, asks for; nothing where it asks for none."""
    words = [_words(header)]
    if label and len(label.split()) <= LONGEST_LABEL:
        words.append(_words(label))
    return next((what for pattern, what in _NAMED.items() for each in words if re.search(pattern, each)), "")


def held(text: str) -> str:
    """Say what identity a text holds; nothing where none is seen."""
    if "@" not in text and "." not in text:
        return ""
    return next((what for what, pattern in _HELD.items() if pattern.search(text)), "")


def _words(name: str) -> str:
    """Part a name into its words: RecipientLastName, recipient_last_name."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(re.findall(r"[^\W_]+", parted.lower()))
