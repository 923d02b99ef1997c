"use strict";
// The page works without this. With it the page beside the form keeps up with every answer, and the form goes on
// without a new page. It keeps nothing, and talks to nobody but the server that it came from.
(() => {
  const form = () => document.getElementById("form");
  if (!form() || !window.fetch || !window.DOMParser) return;
  let going = null; // the request under way; a newer one ends it
  let wait = 0;
  let known = ""; // what this page knows of the form
  let isUnsent = false; // whether this page knows answers that a reload would lose
  let isLeaving = false; // with a form, which takes the answers along
  let step = history.state ? history.state.step : 0; // of the browser's way back; the number is all that it is told
  const passed = new Map(); // the pages of the steps, with what is answered in them; here and nowhere else
  let watched = null; // the alerts, and whether they are in sight

  const heard = (words) => { document.getElementById("heard").textContent = words; };

  const stale = (is, words) => {
    const live = document.getElementById("live");
    live.classList.toggle("stale", is);
    live.setAttribute("aria-busy", String(is && !words));
    let note = document.getElementById("stale");
    if (is && words) {
      if (!note) {
        note = document.createElement("p");
        note.id = "stale"; note.className = "errors"; note.setAttribute("role", "alert");
        live.prepend(note);
      }
      note.textContent = words;
    } else if (note) note.remove();
  };

  // What is unfolded, and where a person is, stays so when a part of the page is replaced.
  const unfolded = (root) => new Set([...root.querySelectorAll("details[open][id]")].map((each) => each.id));
  const keepTicks = (old, fresh) => {
    for (const each of fresh.querySelectorAll(".tick")) {
      const ticked = [...old.querySelectorAll(".tick")].find((one) => one.value === each.value);
      if (ticked) each.checked = ticked.checked;
    }
  };
  const replace = (old, fresh) => {
    const open = unfolded(old), known = new Set([...old.querySelectorAll("details[id]")].map((each) => each.id));
    for (const each of fresh.querySelectorAll("details[id]")) if (known.has(each.id)) each.open = open.has(each.id) || each.open && !!each.querySelector(".wrong");
    keepTicks(old, fresh); // since it was asked for
    old.replaceWith(fresh);
  };

  // Every link is relative to the page that it came with, which need not stand where this one does.
  const lead = (fresh, from) => {
    for (const name of ["href", "action", "formaction"])
      for (const each of fresh.querySelectorAll(`[${name}]:not([${name}^="#"])`)) each.setAttribute(name, new URL(each.getAttribute(name), from).href);
  };

  const posted = (button) => {
    const body = new URLSearchParams(new FormData(form()));
    if (button && button.name) body.append(button.name, button.value);
    return body;
  };

  // While a button's request runs the form takes no answers, which the page that comes would not know. It ends some time.
  const hold = (button, end) => {
    const held = form(), words = document.createElement("span"), patience = setTimeout(end, 20000);
    words.className = "working"; words.textContent = "Working…";
    button.closest("p").append(" ", words);
    held.inert = true;
    heard(words.textContent);
    return () => {
      clearTimeout(patience);
      words.remove();
      held.inert = false;
      if (held.isConnected) { heard(""); button.focus({ preventScroll: true }); }
    };
  };

  // Say why an answer is no page of a consult: it was refused, or somebody in between answered instead. Nothing of it may
  // take the place of an alert.
  const refused = (answer, fresh) => {
    if (answer.ok && fresh.getElementById("live") && fresh.getElementById("form")) return "";
    const said = answer.ok ? [] : [...fresh.querySelectorAll("h1, h1 ~ p")].map((each) => each.textContent.trim()).filter((each) => !/^(HTTP|Start)/.test(each));
    return said.length ? said.join(" ") : "This was not answered by Patency: you may have to sign in again, in another window.";
  };

  // Ask for the page of what is answered now. Only the form itself moves on when a button is pressed: a question
  // that slipped away under somebody's hand would be worse than a stale one.
  const update = async (button) => {
    if (going) going.abort();
    clearTimeout(wait);
    const mine = going = new AbortController(), body = posted(button);
    const again = () => (button || document.getElementById("go")).textContent.trim();
    stale(true);
    const release = button ? hold(button, () => mine.abort()) : () => {};
    try {
      const answer = await fetch(form().action, { method: "POST", body, signal: mine.signal, headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (mine !== going) return;
      const fresh = new DOMParser().parseFromString(text, "text/html");
      const reason = refused(answer, fresh);
      if (reason) { stale(true, `${reason} This page does not know your last answer; press “${again()}” to try again.`); return; }
      lead(fresh, answer.url);
      if (button) moveOn(fresh); else keepUp(fresh);
      document.title = fresh.title;
      stale(false);
      known = String(posted(null));
    } catch {
      if (mine !== going) return;
      stale(true, `The server cannot be reached. This page does not know your last answer; press “${again()}” to try again.`);
    } finally {
      release();
    }
  };

  const said = (root) => {
    const errors = root.querySelector("#errors h2");
    const words = [...root.querySelectorAll("#face .alert:not(.calm)")].map((each) => each.textContent.trim());
    return [errors ? errors.textContent : "The page is up to date.", ...words].join(" ");
  };

  const alerts = () => [...document.querySelectorAll("#face .alert:not(.calm)")];

  // An alert may come while somebody is far down the page: a line that stays in sight leads up to it. Room is left for
  // it wherever the page scrolls to, so that it covers nothing that is asked.
  const warn = () => {
    const line = document.getElementById("alarm"), boxes = alerts().map((each) => each.getBoundingClientRect());
    line.hidden = !boxes.length || boxes[0].top > 0 || boxes.some((each) => each.bottom > 0 && each.top < innerHeight);
  };
  const watch = () => {
    if (watched) watched.disconnect();
    const line = document.getElementById("alarm"), all = alerts();
    line.firstElementChild.textContent = all.length === 1 ? "1 alert above" : `${all.length} alerts above`;
    line.hidden = !all.length;
    document.documentElement.style.setProperty("--alarm-height", `${line.offsetHeight}px`);
    warn();
    if (!all.length || !window.IntersectionObserver) return;
    watched = new IntersectionObserver(warn);
    all.forEach((each) => watched.observe(each));
  };

  // Where somebody goes on: at the top of what is in sight, unless all of it is in sight already.
  const goOn = (to, isSeen) => {
    if (!to.hasAttribute("tabindex")) to.tabIndex = -1;
    to.focus({ preventScroll: !isSeen });
    if (isSeen) return;
    const box = to.getBoundingClientRect(), covered = document.getElementById("alarm").offsetHeight;
    if (box.top < covered || box.bottom > innerHeight) to.scrollIntoView({ block: "start" });
    warn();
  };

  // The entry that the page was opened with is left alone: a browser that is told anything of it no longer sends its form again.
  const start = step, opened = location.hash;
  // Each move by a button is a step that the browser's Back undoes. An answer changed there makes the later ones void.
  const asked = (live) => [...live.querySelectorAll(".asking .field")].map((each) => each.id).join(" ");
  const forget = () => { for (const each of [...passed.keys()]) if (each > step) passed.delete(each); };
  const stepTo = (state) => {
    if (!state && location.hash !== opened) return; // a link within the page
    const to = state ? state.step : start, old = document.getElementById("live"), live = passed.get(to);
    if (to !== step) passed.set(step, old);
    step = to;
    if (!live || live === old) return; // it is void: the page stays, and its form and its advice agree
    keepTicks(old, live);
    old.replaceWith(live);
    watch();
    const first = live.querySelector(".asking .field") || live.querySelector(".asking");
    if (first) goOn(first, false);
    late(0);
  };

  const moveOn = (fresh) => {
    const old = document.getElementById("live"), live = fresh.getElementById("live");
    const known = new Set(alerts().map((each) => each.textContent));
    replace(old, live);
    mend(live);
    if (asked(old) !== asked(live)) {
      forget();
      passed.set(step, old);
      history.pushState({ step: ++step }, "");
      isUnsent = true; // a reload asks for the address, which has no answers
    }
    watch();
    heard(said(live));
    const errors = document.getElementById("errors");
    const alarm = alerts().find((each) => !known.has(each.textContent));
    const first = errors || alarm || live.querySelector(".asking .field") || live.querySelector(".asking");
    if (first) goOn(first, first === errors || first === alarm);
  };

  const keepUp = (fresh) => {
    for (const part of ["#errors", "#face", ".leaf"]) {
      const old = document.querySelector(part), each = fresh.querySelector(part);
      if (old && each) replace(old, each);
      else if (old) old.remove();
      else if (each) { each.autofocus = false; document.getElementById("live").prepend(each); } // somebody is at work in the form
    }
    for (const field of document.querySelectorAll(".field")) {
      const each = fresh.getElementById(field.id);
      const error = field.querySelector(".error"), wrong = each && each.querySelector(".error");
      field.classList.toggle("wrong", !!wrong);
      if (error) error.remove();
      if (wrong) { field.querySelector("legend").after(wrong); field.setAttribute("aria-describedby", each.getAttribute("aria-describedby")); }
    }
    form().elements[".order"].value = fresh.getElementById("form").elements[".order"].value; // what is known now stays when the day moves
    watch();
    heard(said(document));
  };

  // Where printing is a button, it is one only where it works.
  const mend = (root) => {
    const place = root.querySelector("#take-away .buttons");
    if (!place) return;
    const print = document.createElement("button");
    print.type = "button"; print.textContent = "Print"; print.className = "print";
    print.addEventListener("click", () => window.print());
    place.prepend(print, " ");
  };

  // An answer and "not known" exclude each other, as do a date and days ago, and "none of these" and the others of its
  // row, of which nothing is then left to say. The unit stays, and why it is not known.
  const exclude = (changed) => {
    const field = changed.closest(".field"), name = field.id.replace(/^field-/, "");
    const isChoice = changed.type === "checkbox" || changed.type === "radio";
    if (isChoice ? !changed.checked : !changed.value.trim()) return;
    const named = (...ends) => ends.flatMap((end) => [...field.querySelectorAll(`input[name="${CSS.escape(name + end)}"]`)]);
    const clear = (all) => {
      for (const each of all) if (each !== changed) { if (each.type === "text") each.value = ""; else each.checked = false; }
    };
    if (changed.name === `${name}.unknown`) return clear(named("", ".ago", ".excluded"));
    if (!["", ".ago", ".excluded"].some((end) => changed.name === name + end)) return;
    clear(named(".unknown"));
    if (!isChoice) clear(named("", ".ago"));
    else if (changed.type === "checkbox") clear(changed.value === "none" ? named("", ".excluded", ".rest") : named("").filter((each) => each.value === "none"));
  };

  const isAnswer = (control) => control.form && control.form === form() && control.id !== "add" && control.id !== "hours";

  // The page is stale from an answer on, not from when it is sent: what was asked for before does not know it.
  const late = (milliseconds) => {
    isUnsent = true;
    if (going) going.abort();
    going = null;
    stale(true);
    clearTimeout(wait);
    wait = setTimeout(() => update(null), milliseconds);
  };

  document.addEventListener("change", (event) => {
    const changed = event.target;
    if (!isAnswer(changed)) return;
    forget();
    if (changed.closest(".field")) exclude(changed);
    if (changed.classList.contains("tick")) isUnsent = true;
    else if (document.querySelector("#live.stale") || String(posted(null)) !== known) late(200); // who presses the button at once is not asked twice
  });
  // What is typed is an answer before the box is left.
  document.addEventListener("input", (event) => {
    const typed = event.target;
    if (typed.type !== "text" || !isAnswer(typed)) return;
    forget();
    if (typed.closest(".field")) exclude(typed);
    late(600);
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    isLeaving = event.target !== form() || !!button && button.hasAttribute("formaction");
    if (isLeaving) { setTimeout(() => { isLeaving = false; }, 2000); return; } // it may be a download, and we stay
    event.preventDefault();
    isUnsent = true;
    update(button || document.getElementById("go"));
  });
  // The answers are in this page and nowhere else, so that a reload or a way back would lose them unsaid.
  window.addEventListener("beforeunload", (event) => { if (isUnsent && !isLeaving) event.preventDefault(); });
  // A browser that comes back to a page may put answers into the form that the page beside it does not know.
  const isOther = (each) => {
    if (each.tagName === "SELECT") return each.selectedIndex !== Math.max(0, [...each.options].findIndex((one) => one.defaultSelected));
    if (each.type === "checkbox" || each.type === "radio") return each.checked !== each.defaultChecked;
    return each.tagName === "INPUT" && each.value !== each.defaultValue;
  };
  const compare = () => { if ([...form().elements].some((each) => isAnswer(each) && isOther(each))) late(0); };
  window.addEventListener("pageshow", compare);
  window.addEventListener("popstate", (event) => stepTo(event.state));
  window.addEventListener("resize", watch); // the line may need more room
  compare();
  mend(document);
  watch();
})();
