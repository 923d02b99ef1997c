"""What a survey hands on to a consult says the same as what was written of it by hand from what was printed."""

from patency.document import read_document
from patency.fault import Faults
from patency.practice.as_published import as_published
from patency.practice.published import PublishedQuestion
from patency.practice.read_published import Known, read_published

from .shipped import shipped

# The questions of content/practice/elite-kids-2025.yaml and of the reconstruction that bear on the same decision, and the
# answers that have other names in the two.
SAME = {
    "endovascular": ("uses-endovascular", {"selected": "yes"}),
    "first-method": ("no-mts-first", {}),
    "first-method-may-thurner": ("mts-first", {}),
    "thrombectomy-first": ("thrombectomy-first-line", {}),
    "stent": ("upfront-stent", {"hardly_ever": "never_or_very_rarely"}),
    "stent-reasons": ("stent-factors", {"size": "age_or_size"}),
    "outpatient-drug": ("outpatient-drug", {}),
    "duration-without-stent": ("duration-without-stent", {"weeks": "six_to_twelve_weeks"}),
}

# Those whose count was chosen among several that fit: by hand they stand with a percentage alone, and the
# reconstruction hands nothing on of them, for its count would look like a finding.
BY_HAND_ALONE = {"stent-timing", "duration-with-stent", "antiplatelet"}


def handed_on() -> dict[str, PublishedQuestion]:
    elite = shipped("elite-kids")
    faults = Faults()
    options = {name: decision.options for name, decision in elite.library.decisions.items()}
    known = Known(dict(elite.library.sources), elite.library.lexicon, options, faults)
    written = as_published(elite.survey, elite.tables)
    published = read_published(read_document(written.encode(), "practice/elite-kids.yaml"), known)
    assert faults == []
    assert published.label.startswith("Reconstructed from published margins")
    return {question.id: question for question in published.questions}


def test_the_reconstruction_and_the_published_figures_speak_alike() -> None:
    """The same decision, for the same patients, of as many who answered, as many for each answer that means the same."""
    (by_hand,) = [each for each in shipped("elite-kids").library.practice if each.id == "elite-kids-2025"]
    ours = handed_on()
    speaking = {question.id: question for question in by_hand.questions if question.speaks}
    assert set(speaking) - BY_HAND_ALONE == set(SAME)
    assert set(ours) == {name for name, _ in SAME.values()}
    for name, (other, renamed) in SAME.items():
        printed, made = speaking[name], ours[other]
        assert printed.speaks is not None
        assert made.speaks is not None
        assert (printed.base, printed.form, printed.speaks.decision) == (made.base, made.form, made.speaks.decision)
        assert (printed.speaks.when, printed.speaks[2:4]) == (made.speaks.when, made.speaks[2:4])
        counted = {each.id: (each.count, each.percent) for each in made.answers}
        for answer in printed.answers:
            same = renamed.get(answer.id, answer.id)
            assert counted[same] == (answer.count, answer.percent), f"{name}: {answer.id}"
            assert made.speaks.means[same] == printed.speaks.means[answer.id], f"{name}: {answer.id}"
            assert made.speaks.only.get(same) == printed.speaks.only.get(answer.id), f"{name}: {answer.id}"


def test_what_only_one_of_them_says_is_itself() -> None:
    """What the abstract leaves out is "others, not reported" by hand, and an answer of its own here; neither is an option."""
    (by_hand,) = [each for each in shipped("elite-kids").library.practice if each.id == "elite-kids-2025"]
    printed = {question.id: question for question in by_hand.questions}
    ours = handed_on()
    for name, (other, renamed) in SAME.items():
        told = {renamed.get(answer.id, answer.id) for answer in printed[name].answers}
        speaks = ours[other].speaks
        assert speaks is not None
        rest = {answer: meant for answer, meant in speaks.means.items() if answer not in told}
        assert set(rest) <= {"other", "no"}
        assert set(rest.values()) <= {()}
