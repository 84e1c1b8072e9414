"""The benchmark's questions as a FastAPI application on asyncpg answers them: the baselines of postgresql.py.

    uvicorn --factory fastapi_app:default    asyncpg's pool and FastAPI's answers as they come
    uvicorn --factory fastapi_app:tuned      connections are not reset between requests; JSON by orjson

    GET /account/17       [{"abalance":0}]
    GET /accounts/1000    the first 1,000 accounts

The database comes from the environment, as libpq names it: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD.
"""

import contextlib
from typing import Any

import asyncpg
import orjson
from fastapi import FastAPI, Response

from bench.accounts import account_sql, accounts_sql

ACCOUNT = account_sql("$1")
ACCOUNTS = accounts_sql("$1")


def application(**pool_options):
    """An application with a pool of connections, ten by default, in `state.pool`."""

    @contextlib.asynccontextmanager
    async def lifespan(app):
        async with asyncpg.create_pool(**pool_options) as app.state.pool:
            yield

    return FastAPI(lifespan=lifespan)


def default():
    """What the documentation of both suggests."""
    app = application()

    @app.get("/account/{aid}")
    async def account(aid: int) -> list[dict[str, Any]]:
        return [dict(row) for row in await app.state.pool.fetch(ACCOUNT, aid)]

    @app.get("/accounts/{count}")
    async def accounts(count: int) -> list[dict[str, Any]]:
        return [dict(row) for row in await app.state.pool.fetch(ACCOUNTS, count)]

    return app


def tuned():
    """The same with what costs most left out: a round trip for each request, and the way through Pydantic."""

    async def no_reset(_connection):
        pass

    def answer(rows):
        return Response(orjson.dumps([dict(row) for row in rows]), media_type="application/json")

    app = application(reset=no_reset)

    @app.get("/account/{aid}")
    async def account(aid: int):
        return answer(await app.state.pool.fetch(ACCOUNT, aid))

    @app.get("/accounts/{count}")
    async def accounts(count: int):
        return answer(await app.state.pool.fetch(ACCOUNTS, count))

    return app
