"""Somebody at the page, in one of the ways in which people use it.

In: an open page of a browser. What a person does: read what is asked, answer, press, look. What is the same on every
way of use is written once; `Keyboard` reaches every control by Tab alone, and sees where it is.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

SETTLED = """() => document.getElementById('live')?.getAttribute('aria-busy') !== 'true'"""
FAR = 600  # presses of Tab, after which a control counts as out of reach
SMALL_TARGETS = """() => [...document.querySelectorAll('button:not(.rule), input:not([type=hidden]), select, summary')].filter(each => {
    const control = each.type === 'checkbox' || each.type === 'radio' ? each.closest('label') || each : each
    const box = control.getBoundingClientRect()
    return each.checkVisibility() && box.width && (box.width < 24 || box.height < 24)
}).map(each => `${each.tagName} ${each.id || each.name} ${each.textContent.trim().slice(0, 40)}`)"""
SEEN = """() => {
    const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect()
    return {
        is: each === document.body ? 'nothing' : `${each.tagName} ${each.id || each.name || each.textContent.trim().slice(0, 40)}`,
        isOutlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1,
        isInView: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    }
}"""
TOWARDS = """each => {
    const active = document.activeElement
    if (active === each || active.type === 'radio' && active.name === each.name && active.form === each.form) return 'here'
    if (active === document.body) return 'Tab'
    return each.compareDocumentPosition(active) & Node.DOCUMENT_POSITION_FOLLOWING ? 'Shift+Tab' : 'Tab'
}"""
SEEN_AND_TOWARDS = f"each => [({SEEN})(), ({TOWARDS})(each)]"

ALERT_IN_SIGHT = """() => [...document.querySelectorAll('#face .alert:not(.calm)')].some(each => {
    const box = each.getBoundingClientRect()
    return box.top < innerHeight && box.bottom > 0
})"""
ALARM_SEEN = f"""() => ({ALERT_IN_SIGHT})() || (box => box.height > 0 && box.top >= 0 && box.bottom <= innerHeight)(
    document.getElementById('alarm').getBoundingClientRect())"""


class Way(NamedTuple):
    """A way in which people use the page."""

    name: str
    width: int = 1280
    height: int = 900
    is_touch: bool = False
    is_keyboard: bool = False
    has_script: bool = True


WAYS = (
    Way("desktop"),
    Way("phone", 360, 740, is_touch=True),
    Way("zoomed", 320, 256),  # a window of 1280 by 1024 at 400%
    Way("keyboard", is_keyboard=True),
    Way("no script", has_script=False),
)


class Wire:
    """All that a browser asks for while somebody is at the page, and what it is left with."""

    def __init__(self, context: Any, address: str) -> None:
        self.context, self.address = context, address
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.is_down = False  # while the server is, a browser may complain
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("console", self._said)

    def _said(self, message: Any) -> None:
        # Over plain http and another name than localhost a browser says that it leaves this header aside.
        is_meant = "Cross-Origin-Opener-Policy header has been ignored" in message.text
        if message.type == "error" and not self.is_down and not is_meant:
            self.wrong.append(message.text)

    def tells_nothing(self) -> None:
        """Nothing of a patient is in an address, nothing is left in the browser, and nobody else was asked."""
        assert self.asked
        assert [url for url in self.asked if not url.startswith(self.address)] == []
        assert [url for url in self.asked if urlsplit(url).query] == []
        known = re.compile(
            r"(consult(\.html|\.json)?|case\.yaml|examples/[a-z0-9-]+|open|keep|kept|forget|assets/[a-z]+-[0-9a-f]+\.[a-z]+)?"
        )
        assert [url for url in self.asked if not known.fullmatch(urlsplit(url).path.lstrip("/"))] == []
        assert self.context.cookies() == []
        for page in self.context.pages:
            if page.url.startswith(self.address):
                assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
                step = page.evaluate("history.state")  # of the way back: its number, and nothing else
                assert step is None or [*step] == ["step"]
                assert step is None or isinstance(step["step"], int)
        assert self.wrong == [], self.wrong


class Person:
    """Somebody with a mouse or a finger."""

    def __init__(self, page: Any, address: str, way: Way, wire: Wire) -> None:
        self.page, self.address, self.way, self.wire = page, address, way, wire

    # What one sees.

    @property
    def words(self) -> str:
        """All that can be read on the page now."""
        self.waits()
        return " ".join(self.page.locator("body").inner_text().split())

    def sees(self, *words: str) -> None:
        """The page shows these words."""
        shown = self.words.lower()
        assert [each for each in words if each.lower() not in shown] == []

    def does_not_see(self, *words: str) -> None:
        """The page does not show these words."""
        shown = self.words.lower()
        assert [each for each in words if each.lower() in shown] == []

    @property
    def asked(self) -> str:
        """The question that is asked first."""
        return str(self.page.locator(".asking legend").first.inner_text())

    def opinions(self, guideline: str, option: str) -> str:
        """What a guideline says now of an option, in the first table."""
        return " ".join(
            " ".join(self.row(option).locator(f"td[data-who='{guideline}'] .said:not(.open)").all_inner_texts()).split()
        )

    @property
    def columns(self) -> list[str]:
        """The guidelines that have a column in the first table, or share one."""
        found: list[str] = (
            self.page.locator(".beside")
            .first.locator("[data-who], .said b")
            .evaluate_all("all => [...new Set(all.map(each => each.dataset.who || each.textContent.trim()))]")
        )
        return found

    @property
    def patient(self) -> str:
        """What is known of the patient, as the page says it."""
        self.waits()
        return str(self.page.locator(".patient").inner_text())

    def is_at(self, id: str) -> bool:  # noqa: A002  the word that HTML has for it
        """Whether the focus is at a part of the page, and the part in sight."""
        return bool(self.page.evaluate(
            """id => document.activeElement.id === id && document.activeElement.getBoundingClientRect().top < innerHeight
                && document.activeElement.getBoundingClientRect().bottom > 0""", id))  # fmt: skip

    def says_beside(self, name: str) -> str:
        """What is wrong with an answer, as it stands beside its field and is read out with it."""
        field = self.page.locator(f"[id='field-{name}']")
        described = field.get_attribute("aria-describedby") or ""
        assert f"error-{name}" in described.split()
        return str(field.locator(f"[id='error-{name}']").inner_text())

    def has_alert_on_top(self, words: str) -> None:
        """An alert stands before all else; it is in sight, or a line that is leads to it; and it is said aloud."""
        self.waits()
        alert = self.page.locator("#face .alert:not(.calm)").first
        assert words in alert.inner_text().lower()
        assert alert.evaluate(
            "each => each.getBoundingClientRect().bottom <= document.querySelector('.leaf').getBoundingClientRect().top"
        )
        form = "each => [each, document.getElementById('form')].map(one => one.getBoundingClientRect())"
        box, beside = alert.evaluate(form)
        assert box["bottom"] <= beside["top"] or box["left"] >= beside["right"]
        if self.way.has_script:
            assert words in self.page.get_by_role("status").inner_text().lower()
            self.page.wait_for_function(ALARM_SEEN)
        else:
            assert self.page.evaluate(ALERT_IN_SIGHT)

    def row(self, option: str) -> Any:
        """Find the row of an option in the first table."""
        return self.page.locator(".beside").first.locator("tr", has=self.page.locator("th", has_text=_whole(option)))

    def is_in_order(self) -> None:
        """The page does not scroll sideways, and every control is large enough for a finger."""
        assert self.page.evaluate("document.scrollingElement.scrollWidth") <= self.way.width
        assert self.page.evaluate(SMALL_TARGETS) == []

    def is_asked(self, question: str) -> bool:
        """Whether a question stands on the page, folded or not."""
        return bool(self.page.locator("legend", has_text=_whole(question)).count())

    # What one does.

    def opens(self, path: str = "") -> None:
        """Open an address."""
        self.page.goto(self.address + path)

    def answers(self, question: str, *answers: str) -> None:
        """Answer a question: by what it offers, else by typing; `3 days ago` is typed where days are."""
        field = self.field(question)
        for answer in answers:
            offered = field.get_by_label(answer, exact=True)
            days = re.fullmatch(r"(.+) days ago", answer)
            if offered.count():
                self.chooses(offered.first)
            elif days:
                self.types(field.get_by_label("or days ago"), days[1])
            else:
                self.types(field.get_by_role("textbox").first, answer)

    def field(self, question: str) -> Any:
        """Find a question on the page, and unfold what it is folded into."""
        legend = self.page.locator("legend", has_text=_whole(question))
        field = self.page.locator("fieldset", has=legend)
        assert field.count() == 1, (question, field.count())
        self.unfolds(field)
        return field

    def unfolds(self, what: Any) -> None:
        """Open whatever a thing is folded into, the outermost first."""
        folded = what.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            self.activates(folded.first.locator("xpath=./summary"))

    def presses(self, button: str, beside: str = "") -> None:
        """Press a button, and wait for what it does."""
        found = self.button(button, beside)
        if self.way.has_script and not found.evaluate(
            "each => each.form.id !== 'form' || each.hasAttribute('formaction')"
        ):
            self.activates(found)
            self.waits()
        else:
            with self.page.expect_navigation():
                self.activates(found)

    def button(self, button: str, beside: str = "") -> Any:
        """Find a button by its words, and unfold what it is folded into."""
        place = self.page.locator("p", has_text=beside) if beside else self.page
        found = place.locator("button:not(.rule)", has_text=re.compile(rf"^\s*{button}\s*$"))
        assert found.count() == 1, (button, found.count())
        self.unfolds(found)
        return found

    def follows(self, link: str) -> None:
        """Follow a link to another page."""
        with self.page.expect_navigation():
            self.activates(self.page.get_by_role("link", name=link))

    def follows_fault(self, name: str) -> None:
        """Follow the link of a fault from the top of the page to its field."""
        self.activates(self.page.locator(f"#errors a[href='#field-{name}']").first)

    def downloads_by(self, button: str) -> bytes:
        """Press a button that gives a file, and return what is in it."""
        found = self.button(button)
        with self.page.expect_download() as given:
            self.activates(found)
        return Path(given.value.path()).read_bytes()

    def uploads(self, path: Path) -> None:
        """Choose a case file and open it."""
        with self.page.expect_file_chooser() as chooser:
            self.activates(self.page.get_by_label("A case file"))
        chooser.value.set_files(path)
        self.presses("Open", beside="A case file")

    def folded_list(self, label: str, within: str) -> Any:
        """Find a folded list by its label, on the page or within a question."""
        control = (self.field(within) if within else self.page).get_by_label(label, exact=True)
        self.unfolds(control)
        return control

    def writes(self, label: str, text: str) -> None:
        """Write into a box that is no question."""
        control = self.page.get_by_label(label, exact=True)
        self.unfolds(control)
        self.types(control, text)

    def opens_rule(self, guideline: str, option: str) -> None:
        """Open the rule behind what a guideline says now of an option."""
        self.activates(self.row(option).locator(f"td[data-who='{guideline}'] .said:not(.open) .rule").first)
        assert self.page.locator(".card:popover-open").count() == 1

    def closes_rule(self) -> None:
        """Close the rule that is open."""
        self.activates(self.page.locator(".card:popover-open .close"))
        assert self.page.locator(".card:popover-open").count() == 0

    def ticks(self, number: int) -> list[Any]:
        """Tick so many items of the plan, the first that stand on paper too."""
        listed = self.page.locator("li:not(.screen) > .tick").all()
        items = [*islice((each for each in listed if each.is_visible()), number)]
        for each in items:
            self.chooses(each)
        return items

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """Look at the page as it prints."""
        self.page.emulate_media(media="print")
        yield
        self.page.emulate_media(media="screen")

    def prints(self, size: str) -> int:
        """Print the page on paper of a size, and count the sheets."""
        return len(re.findall(rb"/Type\s*/Page\b", self.page.pdf(format=size, prefer_css_page_size=False)))

    def waits(self) -> None:
        """Wait until the page knows the last answer."""
        if self.way.has_script:
            self.page.wait_for_function(SETTLED)

    # How one does it.

    def activates(self, control: Any) -> None:
        """Press, tick or follow."""
        control.tap() if self.way.is_touch else control.click()

    def chooses(self, control: Any) -> None:
        """Tick a box, or choose one of several."""
        self.activates(control)

    def types(self, control: Any, text: str) -> None:
        """Write into a box what is to stand there."""
        self.activates(control)
        control.fill(text)
        control.blur()

    def picks(self, label: str, option: str, within: str = "") -> None:
        """Pick one of a folded list."""
        control = self.folded_list(label, within)
        control.select_option(label=option)


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}\s*$")


class Keyboard(Person):
    """Somebody without a mouse: every control is reached by Tab, and is seen to have the focus."""

    def reaches(self, control: Any) -> None:
        """Press Tab, or Shift and Tab, until the control has the focus."""
        wanted = control.element_handle()
        towards = wanted.evaluate(TOWARDS)
        for _ in range(FAR):
            if towards == "here":
                return
            self.page.keyboard.press(towards)
            seen, towards = wanted.evaluate(SEEN_AND_TOWARDS)
            assert seen["is"] == "nothing" or (seen["isOutlined"] and seen["isInView"]), seen
        raise AssertionError(f"no press of Tab comes to {control}")

    def activates(self, control: Any) -> None:
        self.reaches(control)
        self.page.keyboard.press("Enter")

    def chooses(self, control: Any) -> None:
        self.reaches(control)
        is_here = "each => each === document.activeElement"
        if control.evaluate(is_here):
            if not control.is_checked() or control.get_attribute("type") == "checkbox":
                self.page.keyboard.press("Space")
            return
        for _ in range(20):
            self.page.keyboard.press("ArrowDown")
            if control.evaluate(is_here):
                return
        raise AssertionError(f"no arrow comes to {control}")

    def types(self, control: Any, text: str) -> None:
        self.reaches(control)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def picks(self, label: str, option: str, within: str = "") -> None:
        control = self.folded_list(label, within)
        self.reaches(control)
        self.page.keyboard.type(option)
        assert control.evaluate("each => each.selectedOptions[0].label") == option


@contextmanager
def somebody(browser: Any, address: str, way: Way, **more: Any) -> Iterator[Person]:
    """Sit down at a browser that knows nothing, and see at the end that it tells nothing."""
    context = browser.new_context(
        viewport={"width": way.width, "height": way.height}, has_touch=way.is_touch, is_mobile=way.is_touch,
        java_script_enabled=way.has_script, accept_downloads=True, **more,
    )  # fmt: skip
    wire = Wire(context, address)
    person = (Keyboard if way.is_keyboard else Person)(context.new_page(), address, way, wire)
    person.page.set_default_timeout(15_000)
    yield person
    wire.tells_nothing()
    context.close()


SitDown = Callable[[Way], AbstractContextManager[Person]]
