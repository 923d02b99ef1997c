"""What the script adds to the page: it keeps up with what is answered, and never says that it knows what it does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from .person import WAYS, Person, SitDown, Way, somebody


def test_an_answer_and_not_known_exclude_each_other(at_the_page: SitDown) -> None:
    """Whichever comes last holds, for every kind of question; a date and days ago are one answer, and the unit stays."""
    with at_the_page(WAYS[0]) as person:
        person.opens()
        person.presses(r"All \d+ questions")
        onset, age = (
            person.field("On what day did symptoms of this clot begin?"),
            person.field("How old is the patient?"),
        )
        veins = person.field("Which veins of this leg, and is the vena cava, involved?")
        day, ago = onset.get_by_label("Date"), onset.get_by_label("or days ago")
        person.types(day, "3 April 2026")
        person.types(ago, "3")
        assert (day.input_value(), ago.input_value()) == ("", "3")
        person.types(day, "3 April 2026")
        assert (day.input_value(), ago.input_value()) == ("3 April 2026", "")
        for field, box, typed in ((onset, day, "4 April 2026"), (age, age.get_by_role("textbox"), "45")):
            person.types(box, typed)
            person.chooses(field.get_by_label("Not known", exact=True))
            assert box.input_value() == ""
            person.types(box, typed)
            assert not field.get_by_label("Not known", exact=True).is_checked()
        person.chooses(veins.get_by_label("The common iliac vein"))
        person.chooses(veins.get_by_label("is not there"))
        person.chooses(veins.get_by_label("Not known", exact=True))
        assert not veins.get_by_label("The common iliac vein").is_checked()
        assert veins.get_by_label("is not there").is_checked()
        person.chooses(veins.get_by_label("The external iliac vein"))
        assert not veins.get_by_label("Not known", exact=True).is_checked()
        person.waits()
        person.does_not_see("need mending", "needs mending")


# What stands before a cell has no box that a script can ask for: it is written once more, as it is set there.
CROWDED = """() => [...document.querySelectorAll('.beside td')].filter(cell => cell.checkVisibility()).flatMap(cell => {
    const box = cell.getBoundingClientRect(), set = getComputedStyle(cell), name = getComputedStyle(cell, '::before')
    const range = document.createRange()
    range.selectNodeContents(cell)
    const words = [...range.getClientRects()].filter(each => each.width), who = cell.dataset.who
    const found = words.some(each => each.right > box.right + 1 || each.left < box.left - 1) ? [[who, 'leaves its cell']] : []
    if (name.content === 'none') return found
    const again = document.createElement('div')
    again.textContent = who
    again.style.cssText = `position: absolute; width: ${name.width}; font: ${name.font}; hyphens: ${name.hyphens}`
    cell.append(again)
    const begins = name.position === 'absolute' ? parseFloat(name.left) : parseFloat(set.paddingLeft) + parseFloat(name.marginLeft)
    if (box.left + begins + again.scrollWidth > Math.min(...words.map(each => each.left))) found.push([who, 'runs into its words'])
    if (parseFloat(set.paddingTop) + again.offsetHeight > box.height) found.push([who, 'runs into the next row'])
    again.remove()
    return found
})"""


@pytest.fixture(scope="module")
def reader(browser: Any, served: str) -> Iterator[Person]:
    """Sit somebody down at a page with everything unfolded."""
    with somebody(browser, served, WAYS[0]) as person:
        person.opens("examples/pregnant")
        person.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        yield person


@pytest.mark.parametrize("width", [360, 768, 1024, 1280])
def test_the_name_of_a_guideline_keeps_clear_of_its_grade(reader: Person, width: int) -> None:
    """Whether the table is a table or cards, no name stands over other words, and no words over their neighbours."""
    reader.page.set_viewport_size({"width": width, "height": 900})
    assert reader.columns
    assert reader.page.evaluate(CROWDED) == []


def holds_consults(person: Person) -> list[Any]:
    """Hold back what is asked of the server, and return what is held; it grows."""
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    person.page.route("**/consult", hold)
    return held


def test_what_is_typed_counts_before_its_box_is_left(at_the_page: SitDown) -> None:
    """From the first letter the page says that it does not know it, on paper too, and asks before it is left; then it keeps up."""
    with at_the_page(WAYS[0]) as person:
        warned: list[str] = []

        def accept(dialog: Any) -> None:
            warned.append(dialog.type)
            dialog.accept()

        person.page.on("dialog", accept)
        person.opens("examples/mild")
        held = holds_consults(person)
        age = person.field("How old is the patient?").get_by_role("textbox")
        age.fill("")
        age.press_sequentially("38")
        assert person.page.locator("#live.stale").count() == 1
        while not held:
            person.page.wait_for_timeout(50)
        held.pop().continue_()
        person.sees("age: 38 years")
        assert age.evaluate("each => each === document.activeElement")
        age.blur()
        person.page.wait_for_timeout(400)
        assert held == []  # nothing new to ask for
        age.press_sequentially("9")
        with person.on_paper():
            said = "each => getComputedStyle(each, '::before').content"
            assert "does not know the last answer" in person.page.locator("#live").evaluate(said)
        person.page.reload()
        assert warned == ["beforeunload"]


def test_while_a_button_works_the_form_takes_no_answers(at_the_page: SitDown) -> None:
    """It says that it works; when the page cannot come the form is open again, with what was in it and the focus where it was."""
    with at_the_page(WAYS[0]) as person:
        person.opens("examples/mild")
        held = holds_consults(person)
        question = person.asked
        box = person.field(question).locator("input").first
        person.button("Next").click()
        while not held:
            person.page.wait_for_timeout(50)
        person.page.wait_for_function(
            "() => document.querySelector('.working').checkVisibility({visibilityProperty: true})"
        )
        box.evaluate("each => each.focus()")
        assert not box.evaluate("each => each === document.activeElement")
        person.wire.is_down = True
        held.pop().abort()
        person.sees("press “Next” to try again")
        person.does_not_see("Working…")
        assert person.is_at("go")
        person.page.unroute_all()
        person.wire.is_down = False
        person.presses("Next")
        person.does_not_see("Working…", "to try again")


PUT_BACK = """document.addEventListener('DOMContentLoaded', () => {
    const threatened = document.querySelector('input[name=limb_threat][value=yes]')
    if (threatened && !threatened.checked) threatened.checked = true
})"""
EMERGENCY = "limb-threatening ischaemia is an emergency"


@pytest.mark.parametrize("is_put_back", [False, True])
def test_back_from_elsewhere_form_and_advice_say_the_same(at_the_page: SitDown, is_put_back: bool) -> None:
    """The browser is asked to put nothing back; where it does, the page beside comes to know it, and a reload asks."""
    with at_the_page(WAYS[0]) as person:
        person.page.on("dialog", lambda dialog: dialog.accept())
        person.opens("examples/acute-severe-adult")
        person.answers("Is the limb threatened?", "Yes")
        person.has_alert_on_top(EMERGENCY)
        if is_put_back:
            person.page.add_init_script(PUT_BACK)
        person.page.goto(person.address)
        person.page.go_back()
        is_threatened = person.field("Is the limb threatened?").get_by_label("Yes", exact=True).is_checked()
        assert is_threatened == is_put_back
        person.sees(EMERGENCY) if is_put_back else person.does_not_see(EMERGENCY)


# The line above, the legend of what is asked, and what a finger would touch at each end of the legend.
UNCOVERED = """() => {
    const line = document.getElementById('alarm'), legend = document.querySelector('.asking legend')
    const bar = line.getBoundingClientRect(), box = legend.getBoundingClientRect()
    return {
        isShown: bar.height > 0,
        isClear: box.top >= bar.bottom - 1 && box.bottom <= innerHeight,
        isOnTop: [bar.left + 5, (bar.left + bar.right) / 2, bar.right - 30].every(x =>
            line.contains(document.elementFromPoint(x, bar.height / 2))),
    }
}"""


@pytest.mark.parametrize("way", [WAYS[0], WAYS[1]], ids=lambda way: way.name)
def test_the_line_that_leads_to_the_alerts_covers_nothing_asked(way: Way, at_the_page: SitDown) -> None:
    """It is one line, over all that scrolls under it, and the question that comes next stands below it."""
    with at_the_page(way) as person:
        person.opens("examples/limb-threat")
        person.page.evaluate("() => document.getElementById('go').scrollIntoView({ block: 'start' })")
        person.page.evaluate("() => scrollBy(0, 400)")
        for _ in range(2):
            person.page.evaluate("() => document.querySelector(`button[name='.skip']`).click()")
            person.waits()
            person.page.wait_for_timeout(100)
            seen = person.page.evaluate(UNCOVERED)
            assert seen["isClear"], seen
        person.page.evaluate("() => document.querySelector('.beside').scrollIntoView({ block: 'start' })")
        person.page.evaluate("() => scrollBy(0, 300)")
        person.page.wait_for_function("() => !document.getElementById('alarm').hidden")
        seen = person.page.evaluate(UNCOVERED)
        assert seen["isShown"]
        assert seen["isOnTop"]
        assert person.page.locator("#alarm").bounding_box()["height"] < 45
        if way is WAYS[0]:
            top = person.page.locator("#form").bounding_box()["y"]
            assert top >= person.page.locator("#alarm").bounding_box()["height"] - 1


def test_what_another_answers_takes_no_alert_away(at_the_page: SitDown) -> None:
    """A proxy that wants a sign-in answers with a page of its own: the page says so, and what stood on it stands."""
    with at_the_page(WAYS[0]) as person:
        person.opens("examples/limb-threat")
        before = person.page.locator("#face .alert").count()
        page = "<!doctype html><title>Sign in</title><h1>Sign in to the hospital</h1>"
        person.page.route("**/consult", lambda route: route.fulfill(status=200, content_type="text/html", body=page))
        person.page.locator("#go").click()
        person.page.locator("#stale").wait_for()

        assert "not answered by Patency" in person.page.locator("#stale").inner_text()
        assert person.page.locator("#face .alert").count() == before > 0
        assert person.page.title().startswith("Consult")


def test_a_refusal_is_told_in_its_own_words(at_the_page: SitDown) -> None:
    """What is too large is not out of reach."""
    with at_the_page(WAYS[0]) as person:
        person.opens("examples/mild")
        person.page.locator("#more-answers > summary").click()
        person.page.locator("#about").evaluate("each => { each.value = 'long '.repeat(70000) }")
        person.page.locator("#go").click()
        person.page.locator("#stale").wait_for()

        person.wire.wrong.clear()  # a browser notes a refusal on its console
        assert "larger than 300 kB" in person.page.locator("#stale").inner_text()


@pytest.mark.parametrize("way", [WAYS[0], WAYS[1]], ids=lambda way: way.name)
def test_back_leads_to_the_question_before_with_its_answer(way: Way, at_the_page: SitDown) -> None:
    """Each question is a step back and forward; another answer there makes the later steps void; leaving the page asks."""
    with at_the_page(way) as person:
        warned: list[str] = []

        def accept(dialog: Any) -> None:
            warned.append(dialog.type)
            dialog.accept()

        person.page.on("dialog", accept)
        person.opens()
        start = person.page.url
        person.opens("examples/mild")
        first = person.asked
        person.presses("Pass over")
        second = person.asked
        person.page.go_back()
        assert person.asked == first
        offered = person.field(first).locator("input:not(.none)").first
        person.chooses(offered)
        person.waits()
        patient = person.patient
        person.page.go_forward()
        assert person.asked == first  # the later step is void
        person.presses("Next")
        assert person.patient == patient
        third = person.asked
        assert third != first
        person.page.go_back()
        assert person.asked == first
        assert offered.is_checked()
        assert person.patient == patient
        person.page.go_forward()
        assert person.asked == third
        assert person.patient == patient
        assert second
        assert warned == []
        while person.page.url != start:
            person.page.go_back()
        assert warned == ["beforeunload"]
