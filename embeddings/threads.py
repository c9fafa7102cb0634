"""How many threads numpy's algebra takes: one."""

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def one_algebra_thread() -> None:
    """Keep numpy's linear algebra to one thread from now on.

    Its threads go on spinning when they have nothing to do and keep torch from the cores: naming a photo took up to
    five times as long.
    """
    threadpool_limits(limits=1, user_api="blas")
