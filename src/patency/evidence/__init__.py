"""What was published, and whether its numbers can be.

In: the figures of a text, as printed (audits). Out: what each can be, what fits together and what fits nothing,
with the arithmetic. An audit finds no fraud and no truth: a figure that fits nothing is most often a rounding, a
denominator that was not printed, or a slip; a figure that fits may still be wrong.
"""
