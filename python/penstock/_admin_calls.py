"""What an Admin's calls need: names and configs in, errors out."""

from __future__ import annotations

from typing import Any

from penstock import _admin_types as types
from penstock._config import Table, resolve
from penstock._errors import KafkaError, placed
from penstock._tables import table, topic_configs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def new_topics(
    topics: Iterable[types.NewTopic | str] | Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return the topics of create_topics() as the engine takes them.

    Raises:
        TypeError: something is neither a name nor a NewTopic.
    """
    if isinstance(topics, (str, types.NewTopic)):
        topics = [topics]
    if hasattr(topics, "items"):
        topics = [types.NewTopic(name, count) for name, count in topics.items()]
    return [_new_topic(topic) for topic in topics]


def names_of(names: Iterable[str | int]) -> list[str]:
    """Return names as a list of text; one name alone is one name."""
    return [names] if isinstance(names, str) else [str(name) for name in names]


def config_values(kind: str, given: Mapping[str, object]) -> dict[str, str]:
    """Return configs of a resource by Kafka's names; what penstock does not know stays as it is."""
    if kind == "topic":
        return topic_configs(given)
    known = table("broker") if kind == "broker" else Table([])
    return resolve(f"a {kind}", [known], given, {}, strict=False)[0]


def config_names(kind: str, keys: Iterable[str]) -> list[str]:
    """Return the names of configs as Kafka spells them."""
    known = table(kind).names() if kind in ("topic", "broker") else {}
    from penstock._config import squeeze

    return [known.get(squeeze(key), key) for key in names_of(keys)]


def entry(data: dict[str, Any]) -> types.ConfigEntry:
    """Return a config's entry from the engine's dict."""
    synonyms = [types.make(types.ConfigSynonym, synonym) for synonym in data["synonyms"]]
    return types.make(types.ConfigEntry, {**data, "synonyms": synonyms})  # type: ignore[no-any-return]


def listed_topic(answer: dict[str, Any]) -> types.ListedTopic:
    """Return the short form of a topic that was described."""
    partitions = answer["partitions"]
    replicas = len(partitions[0]["replicas"]) if partitions else 0
    return types.ListedTopic(
        answer["name"], answer["topic_id"], len(partitions), replicas, answer["internal"]
    )


def raise_errors(what: str, answers: list[dict[str, Any]]) -> None:
    """Raise the first error of the answers, with the others as its notes.

    Raises:
        KafkaError: there is one.
    """
    failed = [error for error in (_error_in(what, answer) for answer in answers) if error]
    for other in failed[1:]:
        failed[0].add_note(f"besides: {other}")
    if failed:
        raise failed[0]


def _new_topic(new: object) -> dict[str, Any]:
    if isinstance(new, str):
        new = types.NewTopic(new)
    if not isinstance(new, types.NewTopic):
        raise TypeError(f"a topic to create is a name or a NewTopic, not {new!r}")
    factor = new.replication_factor
    return {
        "name": new.name,
        "partitions": -1 if new.partitions is None else new.partitions,
        "replication_factor": -1 if factor is None else factor,
        "assignments": {int(p): list(nodes) for p, nodes in new.assignments.items()},
        "configs": topic_configs(new.configs),
    }


def _error_in(what: str, answer: dict[str, Any]) -> KafkaError | None:
    error: KafkaError | None = answer["error"]
    if error is None:
        return None
    if "partition" in answer:
        return placed(error, topic=answer["topic"], partition=answer["partition"])
    name = answer.get("name") or answer.get("feature") or ""
    if what == "topic":
        return placed(error, topic=name)
    if name not in error.message:
        error.args = (f"{what} {name!r}: {error.message}",)
    return error
