"""`patency concepts`: what can be known of a patient."""

import argparse

from patency.cli.common import MISTYPED, Failed, add_site, open_for
from patency.fault import Fault, Place, nearest


def arguments(concepts: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    concepts.epilog = "example: patency concepts platelet"
    concepts.add_argument("word", nargs="?", metavar="WORD", help="only those whose name or question has this word")
    add_site(concepts)
    concepts.set_defaults(run=_concepts)


def _concepts(options: argparse.Namespace) -> None:
    from patency.guideline.show import concept_words, named

    library = open_for(options)
    vocabulary = library.lexicon.vocabulary
    found, panels = named(options.word or "", vocabulary)
    if not found:
        fault = Fault(Place("concepts"), f"no concept has {options.word!r} in its name or question", "nothing to list",
                      nearest(options.word, vocabulary.concepts, "`patency concepts` lists them all"))  # fmt: skip
        raise Failed(MISTYPED, "nothing to show", [fault])
    for concept in found:
        print(concept_words(concept, library, is_long=bool(options.word)))
    for panel in panels:
        print(f"{panel.name}: panel, {panel.asks} {', '.join(panel.members)}")
