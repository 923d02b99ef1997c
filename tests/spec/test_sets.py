"""Chapter 5. Sets: which of several are present."""

from .reading import differences, language

LANGUAGE = language("""
concepts:
  segments:
    asks: Which veins of this leg are involved?
    words: the clot involves
    type: set
    values:
      popliteal: the popliteal vein
      femoral: the femoral vein
      common_femoral: the common femoral vein
      external_iliac: the external iliac vein
      common_iliac: the common iliac vein
    cost: imaging
""")


def test_has_asks_for_one_member() -> None:
    """A list in a case file is complete: what it does not name is known to be absent."""
    table = """
        segments: [femoral, popliteal]          | yes
        segments: femoral                       | yes
        segments: "femoral, popliteal"          | yes
        segments: [popliteal]                   | no
        segments: none                          | no
        segments: not known                     | unknown
                                                | unknown
    """
    assert not differences("segments has femoral", table, LANGUAGE)


def test_a_partial_set_leaves_the_rest_unknown() -> None:
    """What was neither seen nor ruled out stays unknown."""
    table = """
        "segments": {includes: [femoral]}                                | yes
        "segments": {excludes: [femoral]}                                | no
        "segments": {includes: [popliteal]}                              | unknown
        "segments": {includes: [popliteal], excludes: [femoral]}         | no
        "segments": {includes: [popliteal], excludes: [common_iliac]}    | unknown
    """
    assert not differences("segments has femoral", table, LANGUAGE)


def test_has_any_needs_one_of_its_members() -> None:
    """One present decides yes; no needs every one of them ruled out."""
    table = """
        segments: [common_femoral]                                                            | yes
        segments: [common_femoral, external_iliac, common_iliac]                              | yes
        segments: [femoral, popliteal]                                                        | no
        segments: none                                                                        | no
        "segments": {includes: [external_iliac]}                                              | yes
        "segments": {includes: [femoral]}                                                     | unknown
        "segments": {excludes: [common_femoral, external_iliac]}                              | unknown
        "segments": {excludes: [common_femoral, external_iliac, common_iliac]}                | no
                                                                                              | unknown
    """
    assert not differences("segments has any [common_femoral, external_iliac, common_iliac]", table, LANGUAGE)


def test_has_all_needs_every_one_of_its_members() -> None:
    """One absent decides no; yes needs every one of them seen."""
    table = """
        segments: [femoral, popliteal]                              | yes
        segments: [femoral, popliteal, common_femoral]              | yes
        segments: [femoral]                                         | no
        segments: none                                              | no
        "segments": {includes: [femoral]}                           | unknown
        "segments": {includes: [femoral, popliteal]}                | yes
        "segments": {excludes: [popliteal]}                         | no
                                                                    | unknown
    """
    assert not differences("segments has all [femoral, popliteal]", table, LANGUAGE)


def test_a_set_is_denied_as_a_whole() -> None:
    """`not segments has any [..]` says that it has none of them, and is known only when all are ruled out."""
    table = """
        segments: [femoral]                                       | yes
        segments: [external_iliac]                                | no
        "segments": {includes: [femoral]}                         | unknown
        "segments": {excludes: [external_iliac, common_iliac]}    | yes
                                                                  | unknown
    """
    assert not differences("not segments has any [external_iliac, common_iliac]", table, LANGUAGE)
