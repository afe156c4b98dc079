"""Other names of configs, and names that are known elsewhere and have no meaning here yet.

Keys are written without dots, underscores and dashes, in lower case.
"""

from __future__ import annotations

# librdkafka's and kafka-python's names, and what people say. "x1024" multiplies the value.
ALIASES: dict[str, str] = {
    "servers": "bootstrap.servers",
    "bootstrap": "bootstrap.servers",
    "brokers": "bootstrap.servers",
    "metadatabrokerlist": "bootstrap.servers",
    "requestrequiredacks": "acks",
    "requiredacks": "acks",
    "compression": "compression.type",
    "compressioncodec": "compression.type",
    "queuebufferingmaxms": "linger.ms",
    "messagetimeoutms": "delivery.timeout.ms",
    "queuebufferingmaxkbytes": "buffer.memory x1024",
    "messagesendmaxretries": "retries",
    "maxinflight": "max.in.flight.requests.per.connection",
    "messagemaxbytes": "max.request.size",
    "idempotence": "enable.idempotence",
    "fetchmessagemaxbytes": "max.partition.fetch.bytes",
    "fetchwaitmaxms": "fetch.max.wait.ms",
    "isolation": "isolation.level",
    "sockettimeoutms": "request.timeout.ms",
    "socketsendbufferbytes": "send.buffer.bytes",
    "socketreceivebufferbytes": "receive.buffer.bytes",
    "sockettimeout": "request.timeout.ms",
    "topicmetadatarefreshintervalms": "metadata.max.age.ms",
}

VALUES: dict[str, dict[str, str]] = {
    "auto.offset.reset": {
        "smallest": "earliest",
        "beginning": "earliest",
        "start": "earliest",
        "largest": "latest",
        "end": "latest",
        "error": "none",
    },
}

_TLS = "penstock's client has no TLS yet"
_SASL = "penstock's client has no SASL yet"
_GROUP = "penstock's client has no consumer groups yet: read with assign() or subscribe(topics)"
_TRANSACTION = "penstock's client has no transactions yet"

# Beginnings of names, and why they are refused.
UNSUPPORTED: tuple[tuple[str, str], ...] = (
    ("ssl", _TLS),
    ("securityprotocol", "penstock's client has neither TLS nor SASL yet, it speaks PLAINTEXT"),
    ("sasl", _SASL),
    ("group", _GROUP),
    ("enableautocommit", _GROUP),
    ("autocommit", _GROUP),
    ("enableautooffsetstore", _GROUP),
    ("sessiontimeout", _GROUP),
    ("heartbeatinterval", _GROUP),
    ("maxpollinterval", _GROUP),
    ("partitionassignmentstrategy", _GROUP),
    ("transactional", _TRANSACTION),
    ("transactiontimeout", _TRANSACTION),
    ("interceptor", "penstock has no interceptors: wrap send() or the loop"),
    ("keyserializer", "pass key=TYPE to topic(), or encode before sending"),
    ("valueserializer", "pass value=TYPE to topic(), or encode before sending"),
    ("keydeserializer", "pass key=TYPE to topic(), or decode after reading"),
    ("valuedeserializer", "pass value=TYPE to topic(), or decode after reading"),
    ("partitionerclass", "pass partition=N to send(), or leave it to the key's hash"),
    ("batchnummessages", "batches are bounded in bytes here: use batch.size"),
    ("queuebufferingmaxmessages", "memory is bounded in bytes here: use buffer.memory"),
    ("consumertimeoutms", "pass timeout= to poll() or consume()"),
    ("enablepartitioneof", "errors and ends are no records here: compare with end_offsets()"),
    ("metricreporters", "penstock's client has no reporters of metrics"),
    ("metrics", "penstock's client has no reporters of metrics"),
    ("statisticsinterval", "penstock's client has no callback of statistics"),
    ("deliveryreport", "send() returns a Future: use its add_done_callback()"),
    ("drmsgcb", "send() returns a Future: use its add_done_callback()"),
    ("errorcb", "errors are raised here, where they happen"),
    ("statscb", "penstock's client has no callback of statistics"),
    ("ondelivery", "send() returns a Future: use its add_done_callback()"),
    ("pluginlibrarypaths", "penstock loads no plugins"),
)


def why_unsupported(squeezed: str) -> str | None:
    """Say why a name that is known elsewhere has no meaning here; None for what nobody knows."""
    for beginning, why in UNSUPPORTED:
        if squeezed.startswith(beginning):
            return why
    return None
