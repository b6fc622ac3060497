"""How often a call finds no crew free."""

from __future__ import annotations

from peelian.core.errors import InvalidInput


def erlang_loss(load: float, crews: int) -> float:
    """Return the share of jobs that find no crew free, where a job that finds none is not kept waiting for one.

    Parameters
    ----------
    load : float
        Jobs an hour, times the hours that a job holds a crew; zero or more.
    crews : int
        Crews on duty; zero or more.

    Raises
    ------
    InvalidInput
        ``peelian.E761`` for a negative load or number of crews.

    Notes
    -----
    It assumes that jobs come independently of each other. A large operation makes several at once, so the true share is higher
    then: the figure is advice to a commander, with its inputs.

    References
    ----------
    Erlang, A. K. (1917). Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges. Elektroteknikeren 13, 5-13. The recursion is B(n) = a B(n-1) / (n + a B(n-1)), B(0) = 1.

    Examples
    --------
    >>> round(erlang_loss(1.5, 4), 4), round(erlang_loss(1.5, 3), 4)
    (0.048, 0.1343)
    """
    if not load >= 0 or crews < 0 or load == float("inf"):
        raise InvalidInput(
            "a load or a number of crews is negative", fix="give jobs an hour times hours a job", id="peelian.E761"
        )
    lost = 1.0
    for n in range(1, crews + 1):
        lost = load * lost / (n + load * lost)
    return lost
