"""What a request to the interface for programs brings, read from HTTP.

In: a request, and the verb that it asks for. Out: Asked, or Declined with a status and every Fault. A body is
read no further than a case may be long, and not at all where it is said to be something else.
"""

from starlette.requests import ClientDisconnect, Request

from patency.bounds import LARGEST_FILE, given_twice, too_large
from patency.fault import LONGEST_NAME, Fault, Faults, Place, Refused, listed, nearest
from patency.web.body import JSON, THE_CASE, YAML
from patency.web.verb import Asked, Declined, Verb


async def asked_of(request: Request, verb: Verb) -> Asked:
    """Gather what a request brings; decline it where something in it would not be looked at, or cannot be."""
    query = _query(request, verb)
    path = {name: str(value) for name, value in request.path_params.items()}
    if not verb.takes_case:
        return Asked(path, query)
    media_type = _media_type(request)
    return Asked(path, query, await _body(request), media_type)


def _query(request: Request, verb: Verb) -> dict[str, str]:
    """Read what stands after the question mark; all of it must be known, and once."""
    known = {each.name: each for each in verb.queries}
    query: dict[str, str] = {}
    faults: list[Fault] = Faults()
    try:
        for name, value in request.query_params.multi_items():
            place = Place(f"?{name[:LONGEST_NAME]}")
            if name not in known:
                fix = nearest(name, known, f"use {listed(list(known))}" if known else "leave it out")
                faults.append(
                    Fault(
                        place,
                        f"nothing is asked with {name!r} here",
                        "a name that is not read would be lost in silence",
                        fix,
                    )
                )
            elif name in query:
                faults.append(given_twice(place, name))
            elif (allowed := known[name].allowed) and value not in allowed:
                faults.append(
                    Fault(
                        place, f"{name!r} cannot be {value!r}", f"it is {listed(allowed)}", f"write {name}={allowed[0]}"
                    )
                )
            query[name] = value
    except Refused as refused:  # so many that reading stopped
        raise Declined(400, refused.faults) from None
    if faults:
        raise Declined(400, faults)
    return query


def _media_type(request: Request) -> str:
    """Return what the body is said to be; decline whatever a case is not read from."""
    given = request.headers.get("content-type", "")
    media_type = given.partition(";")[0].strip().lower()
    packed = request.headers.get("content-encoding", "identity")
    why, fix = "a case is read from JSON or from YAML", f"send it as {JSON} or {YAML[0]}"
    if packed.lower() != "identity":
        raise Declined(415, [Fault(Place("Content-Encoding"), f"the case is packed as {packed!r}", "what is packed is not unpacked here",
                                   "send it as it is")])  # fmt: skip
    if not media_type:
        raise Declined(415, [Fault(Place("Content-Type"), "nothing says how the case is written", why, fix)])
    if media_type not in (JSON, *YAML):
        raise Declined(415, [Fault(Place("Content-Type"), f"a case cannot be read from {media_type!r}", why, fix)])
    return media_type


async def _body(request: Request) -> bytes:
    """Return the body, reading no more of it than a case may have."""
    content = bytearray()
    said = request.headers.get("content-length", "")
    size = int(said) if said.isdecimal() and len(said) < 20 else 0
    try:
        async for part in request.stream():
            content += part
            if max(size, len(content)) > LARGEST_FILE:
                raise Declined(413, [too_large(Place(THE_CASE), max(size, len(content)))])
    except ClientDisconnect:
        raise Declined(400, [Fault(Place(THE_CASE), "the connection ended before all of it had come",
                                   "half of a case would be another case", "send it again")]) from None  # fmt: skip
    return bytes(content)
