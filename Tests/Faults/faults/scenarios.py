"""All scenarios, in the order in which they run."""

from faults import (
    coherence, disconnects, exhausted, flood, landing, message_queue, mishaps, nonce, outages, queue_buffer,
    queue_leavers, queue_servers, scaling, silence)

SCENARIOS = {
    "postmaster-kill": outages.postmaster_kill,
    "mariadb-kill": outages.mariadb_kill,
    "terminate-backends": outages.terminate_backends,
    "restart": outages.restart,
    "silent-drop": silence.silent_drop,
    "exhausted": exhausted.exhausted,
    "down-at-launch": mishaps.down_at_launch,
    "password-changed": mishaps.password_changed,
    "schema-dropped": mishaps.schema_dropped,
    "disconnects": disconnects.disconnects,
    "nonce": nonce.nonce,
    "mariadb-nonce": nonce.mariadb_nonce,
    "flood": flood.flood,
    "coherence": coherence.coherence,
    "coherence-sqlite": coherence.coherence_sqlite,
    "scaling": scaling.scaling,
    "landing": landing.landing,
    "queue-kill": message_queue.queue_kill,
    "queue-postgres-kill": message_queue.queue_postgres_kill,
    "queue-groups": message_queue.queue_groups,
    "queue-servers": queue_servers.queue_servers,
    "queue-buffer": queue_buffer.queue_buffer,
    "queue-leavers": queue_leavers.queue_leavers,
}
