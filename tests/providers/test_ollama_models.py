"""Which model stands in for one that is absent."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain.messages import ModelInfo
from orchestra_desktop.providers.ollama_models import is_cloud, pick_model


def model(name: str, *capabilities: str) -> ModelInfo:
    return ModelInfo(name, local=not is_cloud(name), capabilities=frozenset(capabilities))


CODER = model("qwen2.5-coder:7b", "completion", "tools")
LARGE = model("llama3.3:70b", "completion", "tools")
SMALL = model("llama3.2:3b", "completion", "tools")
MUTE = model("gemma2:27b", "completion")
EMBED = model("nomic-embed-text:latest", "embedding")
CLOUD = model("gpt-oss:120b-cloud", "completion", "tools")
WANTED = "qwen2.5-coder:14b"


@pytest.mark.parametrize(
    ("there", "picked", "why"),
    [
        ([SMALL, model(WANTED, "tools")], WANTED, "ollama.model.wanted"),
        ([LARGE, CODER], CODER.id, "ollama.model.instead"),
        ([SMALL, LARGE, MUTE], LARGE.id, "ollama.model.instead"),
        ([MUTE, SMALL], SMALL.id, "ollama.model.instead"),
        ([LARGE, model("qwen3:8b", "tools")], "qwen3:8b", "ollama.model.instead"),
        ([MUTE, EMBED], MUTE.id, "ollama.model.instead"),
        ([EMBED, CLOUD], None, "ollama.model.none"),
        ([], None, "ollama.model.none"),
    ],
)
def test_the_best_that_is_there_and_stays_here(there: list[ModelInfo], picked: str | None, why: str) -> None:
    pick = pick_model(WANTED, there)
    assert (pick.name, pick.why.key) == (picked, why)


def test_a_name_without_tag_means_the_latest() -> None:
    assert pick_model("llama3.3", [model("llama3.3:latest")]).name == "llama3.3:latest"


def test_a_wanted_cloud_model_is_wanted() -> None:
    assert pick_model(CLOUD.id, [CLOUD, LARGE]).name == CLOUD.id


def test_embeddings_come_from_embedding_models_alone() -> None:
    assert pick_model("mxbai-embed-large", [LARGE, EMBED], embedding=True).name == EMBED.id
    assert pick_model("mxbai-embed-large", [LARGE], embedding=True).name is None


def test_an_old_server_that_tells_no_capabilities_is_judged_by_names() -> None:
    assert pick_model(WANTED, [model("nomic-embed-text:latest"), model("mistral:7b")]).name == "mistral:7b"


def test_the_reason_names_both() -> None:
    assert pick_model(WANTED, [SMALL]).why.args == {"wanted": WANTED, "model": SMALL.id}
