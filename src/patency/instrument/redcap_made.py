"""What an import made, tried: it is read as any instrument file is, and given its first worked response.

An instrument has a worked response. Of one that was imported only this is known: where nothing is answered, its scores
are open, and between which ends. It cites SOURCE, an entry of content/sources that says what an import is; every
score that rests on it is a draft.
"""

from typing import Any

from patency.case import Case
from patency.document import Node
from patency.fault import Fault, Place
from patency.instrument.read import read_instrument
from patency.instrument.response import Response
from patency.instrument.score import score
from patency.instrument.scored import value_written
from patency.source import Source
from patency.vocabulary import Vocabulary

SOURCE = "imported-questionnaire"


def made_faults(document: dict[str, Any], file: str) -> list[Fault]:
    """Read what was made, give it a first worked response, and return what is still wrong with it."""
    blank: dict[str, Any] = {"about": "nothing is answered", "answers": {}}
    if "scores" in document:
        blank["scores"] = dict.fromkeys(document["scores"], "undefined")
    document["examples"] = {"nothing-answered": blank}
    faults: list[Fault] = []
    source = Source(SOURCE, "note", "", "", 0, "", "", Place(file))
    instrument = read_instrument(as_node(document), b"", {SOURCE: source}, Vocabulary(), faults)
    if not faults:
        response = Response(instrument, Case(instrument.examples[0].on), {}, {})
        for name, scored in score(instrument, response).items():
            blank["scores"][name] = (
                "undefined" if scored.value is None else value_written(scored.score.concept, scored.value)
            )
    return [
        Fault(Place(file), f"in the instrument that was made of it, {each.what}", each.why, each.fix) for each in faults
    ]


def as_node(value: Any) -> Node:
    """Return plain values as a document has them."""
    place = Place("")
    if isinstance(value, dict):
        return Node(place, {str(name): as_node(each) for name, each in value.items() if each is not None})
    if isinstance(value, (list, tuple)):
        return Node(place, tuple(as_node(each) for each in value))
    return Node(place, str(value))
