"""A whole content in one page: one guideline of two rules, and what it needs."""

from pathlib import Path

FILES = {
    "sources/leaflet.yaml": """
sources:
  leaflet:
    kind: note
    title: A leaflet
    year: 2020
""",
    "vocabulary/limb.yaml": """
concepts:
  age:
    asks: How old is the patient?
    words: age
    type: number
    unit: year
    also: {month: 0.08333333333333333}
    range: [0, 120]
    cost: history
  onset:
    asks: When did symptoms begin?
    words: the onset of symptoms
    help: The first symptom counts.
    type: date
    cost: history
  severity:
    asks: How severe are the symptoms?
    words: the severity of symptoms
    help: A clinical judgement.
    cite: [{source: leaflet, at: page 4, mark: original}]
    type: ordered
    values: {mild: mild, moderate: moderate, severe: severe}
    cost: examination
    codes: [{system: LOINC, code: "1-1", mark: second-hand}]
  limb_threat:
    asks: Is the limb threatened?
    says: [the limb is threatened, the limb is not threatened]
    type: yes/no
    cost: examination
  bleeding:
    asks: Is there bleeding?
    says: [there is bleeding, there is no bleeding]
    type: yes/no
    cost: history
definitions:
  acute:
    asks: Did symptoms begin less than 14 days ago?
    says: [symptoms began less than 14 days ago, symptoms began 14 or more days ago]
    when: days_since(onset) < 14 days
    cost: history
panels:
  dangers: {asks: Is any of these true?, members: [bleeding]}
constraints:
  a-threatened-limb-is-severe:
    if: limb_threat
    then: severity = severe
    why: A threatened limb is never less than severe.
""",
    "policies.yaml": """
policies:
  adult_age:
    value: 18
    unit: year
    says: An adult rating applies from this age on.
    why: The leaflet states no age.
""",
    "decisions.yaml": """
decisions:
  treatment:
    asks: How to treat
    options:
      removal: {words: removal of the clot}
      waiting: {words: watchful waiting}
""",
    "grades/plain.yaml": """
scale: plain
title: a plain scale
cite: [{source: leaflet, at: page 1, mark: original}]
grades:
  good: {words: is good, stance: for}
  bad: {words: is bad, stance: avoid}
""",
    "practice/readers.yaml": """
survey: readers
kind: survey
short: Readers 2021
title: What readers of the leaflet do
year: 2021
asked: readers of the leaflet
through: a letter
field: May 2021
invited: 60
answered: 45
analysed: 40
population: people with a clot
cite: [{source: leaflet, at: page 9, mark: original}]
notes: [{text: They read it first.}]
questions:
  - id: first
    asks: What first?
    base: 40
    answers:
      removal: {words: removal, percent: 20, count: 8}
      waiting: {words: waiting, percent: 75, count: 30}
    speaks:
      decision: treatment
      when: severity >= moderate
      means: {removal: removal, waiting: waiting}
""",
    "guidelines/leaflet.yaml": """
guideline: leaflet
title: The leaflet
publisher: Leaflets
year: 2020
edition: "2020"
decision: treatment
scale: plain
cite: [{source: leaflet, at: page 1, mark: original}]
population:
  words: adults
  when: age >= adult_age
rules:
  - id: severe
    title: Acute and severe
    when: acute and severity >= moderate
    except:
      limb-threat:
        when: limb_threat
        why: A pathway of its own.
        cite: [{source: leaflet, at: page 2, mark: second-hand}]
    says:
      - {option: removal, grade: good, over: waiting}
    reviewed: {by: A. Reader, role: surgeon, on: 2026-01-02}
  - id: mild
    title: Mild
    when: severity = mild
    says:
      - {option: waiting, grade: good, note: for a week}
      - {option: removal, grade: bad}
    reviewed: nobody
notes:
  - text: It is short.
scenarios:
  - case: severe on day 3
    on: 2026-05-29
    findings: {age: 45, onset: 3 days ago, severity: severe, limb_threat: no}
    expect:
      scope: yes
      rules: {severe: yes, mild: no}
      opinions: {removal: good}
      settled: yes
      expires: 2026-06-09
  - case: mild
    on: 2026-05-29
    findings: {age: 45, severity: mild}
    expect:
      rules: {severe: no, mild: yes}
      opinions: {removal: bad, waiting: good}
      expires: never
  - case: nothing is known
    on: 2026-05-29
    findings: {age: 45}
    expect:
      rules: {severe: unknown, mild: unknown}
      settled: no
      asks_first: [severity]
""",
    "sheets/alerts.yaml": """
sheet: alerts
kind: alert
title: Alerts
cite: [{source: leaflet, at: page 1, mark: original}]
sections:
  - id: limb
    title: The limb
    statements:
      - {id: threat, text: The limb is in danger., when: limb_threat}
""",
    "page.yaml": """
intended_use: For tests.
headings:
  alert: First
  contraindications: Cautions
  trade-off: Costs
  work-up: Work-up
  procedure: Plan
  aftercare: After
  pitfalls: Pitfalls
about: {lysis: lysis, anticoagulation: anticoagulation, anticoagulation-after: after, stent: stent}
""",
}


def files(**changes: tuple[str, str]) -> dict[str, bytes]:
    """Return the content as files; a change replaces one text in the guideline or the vocabulary."""
    names = {"guideline": "guidelines/leaflet.yaml", "vocabulary": "vocabulary/limb.yaml"}
    changed = dict(FILES)
    for name, (old, new) in changes.items():
        text = changed[names[name]]
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {names[name]}"
        changed[names[name]] = text.replace(old, new)
    return {name: text.encode() for name, text in changed.items()}


def write(directory: Path, content: dict[str, bytes]) -> Path:
    """Write content into a directory as its author would keep it, and return the directory."""
    for name, text in content.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(text)
    return directory
