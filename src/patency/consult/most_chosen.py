"""Whether one answer to a published question was chosen by clearly more than every other.

It is told by the exact sign test between two answers, among those who chose either (Conover WJ. Practical Nonparametric
Statistics, 3rd ed, 1999, section 3.4): two shares of one sample are not independent, so overlapping intervals would not
do. Those whose answer was not reported may all have given the same one; where that alone could change what is told, it
is said so.
"""

from math import comb

from patency.practice.published import PublishedQuestion

LIKELY = 0.05  # a sign test at or above it does not tell two answers apart


def sign_test(more: int, fewer: int) -> float:
    """Return the two-sided exact probability of counts at least as unequal, were both answers as likely.

    R: binom.test(more, more + fewer)$p.value
    """
    trials = more + fewer
    tail = sum(comb(trials, each) for each in range(max(more, fewer), trials + 1))
    return min(1.0, tail / (1 << trials - 1)) if trials else 1.0


def lead(question: PublishedQuestion) -> str:
    """Say whether one answer is chosen by clearly more than every other; nothing where it cannot be worked out."""
    rest = question.rest
    if rest is None or not question.base or len(question.answers) < 2:
        return ""
    counts = sorted(((answer.count or 0, answer.words) for answer in question.answers), reverse=True)
    (most, first), (next_most, second) = counts[:2]
    if _hangs_on(rest, most, next_most):
        answers = "1 answer was" if rest == 1 else f"{rest} answers were"
        return f"{answers} not reported, so it cannot be told whether any answer was chosen by clearly more than every other."
    if rest > next_most:
        next_most, second = rest, "answers that were not reported"
    probability = sign_test(most, next_most)
    words = f"p = {probability:.2f}" if probability >= 0.01 else "p < 0.01"
    if probability >= LIKELY:
        return (
            f"No answer was chosen by clearly more than every other ({first} {most}, {second} {next_most}; "
            f"exact sign test, {words})."
        )
    return f"Most chosen: {first} ({most}, against {next_most} for {second}; exact sign test, {words})."


def _hangs_on(rest: int, most: int, next_most: int) -> bool:
    """Whether the answers that were not reported could make, or keep from being, one that was clearly chosen most."""
    leads = sign_test(most, next_most) < LIKELY
    is_overtaken = rest >= most or sign_test(most, rest) >= LIKELY
    return (leads and is_overtaken) or (rest > most and sign_test(rest, most) < LIKELY)
