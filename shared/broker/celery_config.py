"""Celery configuration, shared by publishers and workers."""

from typing import Any

from shared.broker.url import kombu_url
from shared.pipelines import STAGES
from shared.settings import Settings

__all__ = ["STAGE_TASK", "celery_config"]

STAGE_TASK = "codesigner.stage"
"""Name of the only task; its argument is the stage that has work."""


def celery_config(settings: Settings) -> dict[str, Any]:
    """Return the Celery configuration; comments give the reasons."""
    short_stages = [spec for spec in STAGES.values() if spec.queue != "train"]
    return {
        "broker_url": kombu_url(settings.broker_url),
        # Each stage has a broker queue of its name, so that only its workers receive a hint. No
        # worker consumes the default queue.
        "task_default_queue": "unheard",
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        # The message of a killed worker is redelivered, but only the reaper retries work.
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        # Results live in the database.
        "task_ignore_result": True,
        # One message at a time: waiting work is in the database, visible to all workers.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        # Only prefork can kill a hung computation at its time limit; CUDA requires spawn.
        "worker_pool": "prefork",
        "worker_concurrency": 1,
        "worker_pool_start_method": "spawn",
        # Loading models takes longer than the default 4 s, which causes a spawn-and-kill loop.
        "worker_proc_alive_timeout": 300,
        "worker_soft_shutdown_timeout": 60,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_hijack_root_logger": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_channel_error_retry": True,
        # The relay retries.
        "task_publish_retry": False,
        "broker_transport_options": {
            "visibility_timeout": 60 + int(max(spec.run_limit_s for spec in short_stages)),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 10,
            "socket_timeout": 5,
            # Without a connect timeout, a publish to a frozen broker blocked for over 40 s.
            "socket_connect_timeout": 3,
            "health_check_interval": 10,
            "socket_keepalive": True,
            "global_keyprefix": "codesigner:",
        },
    }
