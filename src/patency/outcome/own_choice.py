"""Numbers of outcomes that Patency itself decided, where they stand (content/policies.yaml) and a site may set them."""

from patency.guideline.model import Library


def policy_number(library: Library, name: str, otherwise: float) -> float:
    """Return a policy's number; where a content directory states none, the one that is given."""
    policy = library.lexicon.policies.get(name)
    return otherwise if policy is None else policy.value
