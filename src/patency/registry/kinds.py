"""The kinds of record a registry keeps, each with a table of its own, and which hangs on which.

What a record of a kind may say is content: an instrument file in content/registry/forms, whose items are the record's
fields (forms.py). So a field is added without a migration, and a kind with one.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of record: the kind it hangs on ("" where it hangs on the patient or is the patient), and its words."""

    name: str
    of: str
    words: str
    plural: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("patient", "", "patient", "patients"),
        Kind("consent", "patient", "consent", "consents"),
        Kind("episode", "patient", "episode", "episodes"),
        Kind("finding", "episode", "finding", "findings"),
        Kind("limb", "episode", "limb", "limbs"),
        Kind("segment", "limb", "segment", "segments"),
        Kind("procedure", "episode", "procedure", "procedures"),
        Kind("step", "procedure", "step of a procedure", "steps of procedures"),
        Kind("stent", "procedure", "stent", "stents"),
        Kind("filter", "episode", "filter", "filters"),
        Kind("visit", "episode", "visit", "visits"),
        Kind("response", "visit", "filled-in scale", "filled-in scales"),
        Kind("imaging", "visit", "imaging finding", "imaging findings"),
        Kind("medication", "episode", "medication", "medications"),
        Kind("event", "episode", "event", "events"),
        Kind("consult", "episode", "consult", "consults"),
        Kind("query", "patient", "query", "queries"),
        Kind("screening", "", "screening entry", "screening entries"),
    )
}
SCREENING = "screening"  # the subject under whose key a site's screening log stands
NOT_BY_HAND = ("query", "consult")  # what Patency itself keeps: what a rule found, what a page was made of


def lineage(kind: str) -> tuple[str, ...]:
    """Return a kind and those it hangs on, itself first: of a stent, procedure, episode and patient."""
    found = [kind]
    while above := KINDS[found[-1]].of:
        found.append(above)
    return tuple(found)
