"""Celery's settings. A line each on why, since most of the defaults lose or double work."""

from __future__ import annotations

from typing import Any


def settings(redis_url: str) -> dict[str, Any]:
    """The configuration for the broker at the URL."""
    return {
        "broker_url": redis_url,
        # Results live in the job table.
        "task_ignore_result": True,
        "task_store_errors_even_if_ignored": False,
        # Only ids travel, as JSON: nothing a message could smuggle in, nothing personal in Redis.
        "task_serializer": "json",
        "accept_content": ["json"],
        # A worker takes one message at a time, so a long job does not hold others back.
        "worker_prefetch_multiplier": 1,
        # A message is done with when the job is: a killed worker's message comes back.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # Longer than any job may run: else Redis hands a running job's message out again.
        "broker_transport_options": {
            "visibility_timeout": 3600,
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            # A publisher that cannot reach Redis gives up at once; the sweep sends it later.
            "max_retries": 0,
        },
        "task_time_limit": 1800,
        "task_soft_time_limit": 1740,
        "broker_connection_timeout": 2,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "beat_schedule": {"sweep": {"task": "caseflow.sweep", "schedule": 60.0, "options": {"expires": 55}}},
        "timezone": "Europe/Stockholm",
    }
