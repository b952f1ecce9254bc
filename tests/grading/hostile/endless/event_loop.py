"""Waits for something that never happens, in an event loop.

question: transformer.rates
expect: timed out 0
"""
import asyncio


async def wait():
    while True:
        await asyncio.sleep(0)


def learning_rates(d, warmup, updates):
    return asyncio.run(wait())
