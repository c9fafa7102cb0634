"""The page as a set of events of which none ends in a stack trace, with a queue that is fair."""

from typing import Any

import gradio as gr

from demo.server.failures import note, sentence_of
from demo.server.fair_queue import FairQueue


class Page(gr.Blocks):
    """Gradio's Blocks whose events fail with one sentence, and whose queue is limited by visitor and kind."""

    async def process_api(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Run an event as Gradio does; raises gr.Error, and nothing else."""
        try:
            return await super().process_api(*given, **named)
        except gr.Error:
            raise
        except Exception as error:
            note(error)
            raise gr.Error(sentence_of(error), print_exception=False) from error

    def use_fair_queue(self, waiting: int, running: int) -> FairQueue:
        """Let so many jobs of each kind and visitor wait, and so many of a kind run that have no limit of their own."""
        self.queue(default_concurrency_limit=running, api_open=False)
        plain = self._queue
        queue = FairQueue(plain.live_updates, plain.max_thread_count, plain.update_intervals, None, self, running)
        queue.limit(waiting)
        self._queue = queue
        return queue
