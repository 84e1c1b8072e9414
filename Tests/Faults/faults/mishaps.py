"""What operators do to a database: it is down, its password changes, its tables go."""

import asyncio
import time

from faults.calls import Question, ask
from faults.client import Pool
from faults.load import Crowd

BACK_WITHIN = 2
PASSWORD_BACK_WITHIN = 12
ROLE = "app_reader"
DOOMED = 20
DOOMED_QUERY = {DOOMED: ("parameters: nonce STRING, id INTEGER",
                         "SELECT CAST(:nonce AS text) AS nonce, id FROM doomed.things WHERE id = CAST(:id AS bigint)")}
DOOMED_TABLES = """
    CREATE SCHEMA doomed;
    CREATE TABLE doomed.things (id bigint PRIMARY KEY);
    INSERT INTO doomed.things SELECT generate_series(1, 10);
"""


async def down_at_launch(scene):
    """Hydrogen launches while the server is down, which comes up later."""
    await scene.start_database(launch=False)
    hydrogen = await scene.start_hydrogen(wait=False)
    await hydrogen.line("http://127.0.0.1")
    await asyncio.sleep(scene.size(10, 3))
    report = scene.report
    status, body = await hydrogen.readiness()
    starting = body.get("starting") or [{}]
    report.figure("reason", starting[0].get("reason"))
    report.holds("readiness 503 starting, with a reason", status == 503 and body["status"] == "starting"
                 and starting[0].get("name") == "Fault" and bool(starting[0].get("reason")), f"{status} {body}")
    async with Crowd(hydrogen.port, 2, lambda: scene.questions.read("fast"), 20) as crowd:
        await asyncio.sleep(0.3)
    report.outcomes("while down", crowd.calls)
    report.none("calls other than 503 HYD-3004",
                [call.outcome for call in crowd.calls if call.outcome != "503 HYD-3004"])
    accepting = await scene.database.start()
    ready, served = await asyncio.gather(scene.ready_again(30), scene.all_serve(30))
    report.at_most("server accepts -> readiness 200", ready - accepting, BACK_WITHIN, "s")
    report.at_most("server accepts -> every queue serves", served - accepting, BACK_WITHIN, "s")
    await scene.land()


async def password_changed(scene):
    """The role's password changes and its sessions end; later the old password is restored."""
    database = await scene.start_database()
    right, wrong = (f"{scene.random.getrandbits(96):024x}" for _ in range(2))
    await database.query(f"""
        SET password_encryption = 'scram-sha-256';
        CREATE ROLE {ROLE} LOGIN PASSWORD '{right}';
        GRANT USAGE ON SCHEMA app TO {ROLE};
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA app TO {ROLE};
    """)
    (database.data / "pg_hba.conf").write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    await database.query("SELECT pg_reload_conf()")
    await asyncio.sleep(0.2)
    hydrogen = await scene.start_hydrogen(
        environment={"FAULT_PASSWORD": right}, User=ROLE, Pass="${env.FAULT_PASSWORD}")
    await scene.all_serve(5)

    await database.query(f"ALTER ROLE {ROLE} PASSWORD '{wrong}'")
    await database.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'")
    told, reasons = await scene.reason_that("password|authentication|28P01|log ?in", 8)
    async with Crowd(hydrogen.port, 4, scene.questions.mixed, 20) as crowd:
        await asyncio.sleep(scene.size(5, 1))
        status, body = await hydrogen.readiness()
    report = scene.report
    report.figure("reason", reasons)
    report.outcomes("with another password", crowd.calls)
    report.holds("readiness 503 with a reason about the password", status == 503 and told, f"{status}: {reasons}")
    report.none("calls other than 503", [call.outcome for call in crowd.calls if call.status != 503])

    await database.query(f"ALTER ROLE {ROLE} PASSWORD '{right}'")
    restored = time.monotonic()
    served = await scene.all_serve(40)
    report.at_most("password restored -> every queue serves", served - restored, PASSWORD_BACK_WITHIN, "s")
    await scene.ready_again(10)
    _, shown = await hydrogen.json("/api/system/config")
    _, recent = await hydrogen.json("/api/system/recent?limit=1000")
    await scene.land()
    seen = {"log": hydrogen.log(), "readiness": reasons + str(body), "config": str(shown), "recent": str(recent)}
    telling = [place for place, text in seen.items() if right in text or wrong in text]
    report.none("places that show a password", telling)


async def schema_dropped(scene):
    """The tables of one query are dropped and made again, while other queries serve."""
    database = await scene.start_database()
    await database.query(DOOMED_TABLES)
    hydrogen = await scene.start_hydrogen(queries=DOOMED_QUERY)

    def doomed():
        queue = scene.random.choice(("slow", "medium", "fast", "cache"))
        return Question(DOOMED, queue, scene.questions.nonce(), {"id": scene.random.randint(1, 10)})

    async def served():
        async with Crowd(hydrogen.port, 4, doomed, 20) as doomed_ones, \
                Crowd(hydrogen.port, 4, scene.questions.mixed, 20) as others:
            await asyncio.sleep(scene.size(3, 1))
        return doomed_ones.calls, others.calls

    report = scene.report
    before = await served()
    await database.query("DROP SCHEMA doomed CASCADE")
    without = await served()
    await database.query(DOOMED_TABLES)
    made = time.monotonic()
    pool, back = Pool(hydrogen.port), None
    while back is None and time.monotonic() < made + 30:
        call = await ask(pool, doomed(), 20)
        back = call.sent + call.took if call.served else None
        await asyncio.sleep(0.02)
    pool.close()
    report.at_most("made again -> served", (back or made + 30) - made, 2, "s")
    again = await served()
    # The database refuses, and soon after that the query is known to be No-Go.
    for when, (doomed_calls, _), outcomes in (("before", before, {"200"}),
                                              ("dropped", without, {"422 HYD-3001 42P01", "503 HYD-2009"}),
                                              ("made again", again, {"200"})):
        report.outcomes(when, doomed_calls)
        report.none(f"{when}: calls of the dropped table other than {' or '.join(sorted(outcomes))}",
                    [call.outcome for call in doomed_calls if call.outcome not in outcomes])
    others = [call for _, calls in (before, without, again) for call in calls]
    report.outcomes("other queries", others)
    report.none("other queries that were not served", [call.outcome for call in others if not call.served])
    await scene.mark_writes(others)
    await scene.land()
