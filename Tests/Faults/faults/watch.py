"""Something that looks again and again while a scenario plays."""

import asyncio


class Watch:
    """Runs `look`, a coroutine that ends with a pause of its own, from entering to leaving; the last look is finished."""

    def __init__(self):
        self._stopped = False
        self._task = None

    async def __aenter__(self):
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_):
        self._stopped = True
        await self._task

    async def _watch(self):
        while not self._stopped:
            await self.look()
