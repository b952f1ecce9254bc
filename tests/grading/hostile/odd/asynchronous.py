"""Answers rightly, from inside an event loop of its own.

question: transformer.rates
expect: passed 8
"""
import asyncio


async def rate(d, warmup, n):
    await asyncio.sleep(0)
    return d**-0.5 * min(n**-0.5, n * warmup**-1.5)


def learning_rates(d, warmup, updates):
    async def all_of_them():
        return await asyncio.gather(*(rate(d, warmup, n) for n in range(1, updates + 1)))

    return asyncio.run(all_of_them())
