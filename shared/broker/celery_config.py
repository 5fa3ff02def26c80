"""Celery's configuration, for those who send and those who work alike."""

from typing import Any

from shared.broker.url import kombu_url
from shared.pipelines import STAGES
from shared.settings import Settings

__all__ = ["STAGE_TASK", "celery_config"]

STAGE_TASK = "codesigner.stage"
"""Name of the one task: its argument is the stage that has work."""


def celery_config(settings: Settings) -> dict[str, Any]:
    """Give the configuration; the reasons stand beside the lines."""
    short = [spec for spec in STAGES.values() if spec.queue != "train"]
    return {
        "broker_url": kombu_url(settings.broker_url),
        # Each stage has a queue of its name, so that a hint reaches only who serves the stage. The
        # default is for what nobody meant to send.
        "task_default_queue": "unheard",
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        # A killed worker's message comes back, but who retries work is the reaper alone.
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        # Results live in the database.
        "task_ignore_result": True,
        # One message at a time: work waits in the database, where all workers see it.
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        # Only prefork ends a hung computation at its time limit; CUDA needs spawn.
        "worker_pool": "prefork",
        "worker_concurrency": 1,
        "worker_pool_start_method": "spawn",
        # Loading models takes longer than the default 4 s, which ends in a spawn-and-kill loop.
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
            "visibility_timeout": 60 + int(max(spec.run_limit_s for spec in short)),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "unacked_mutex_expire": 10,
            "socket_timeout": 5,
            # Without it a publish to a frozen broker blocked for over 40 s.
            "socket_connect_timeout": 3,
            "health_check_interval": 10,
            "socket_keepalive": True,
            "global_keyprefix": "codesigner:",
        },
    }
