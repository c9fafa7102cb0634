"""Bundled models with their cards, published to a repository on the hub."""

import os
from collections.abc import Sequence

import httpx2
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from zoo.catalog import ModelEntry
from zoo.errors import BadInput, IrisError
from zoo.hub import weights_path


def push(models: Sequence[ModelEntry], repo: str) -> str:
    """Put checked weight files and cards into OWNER/REPO in one commit, making it if need be; gives its address.

    Honours HF_ENDPOINT and HF_TOKEN. Raises BadInput for a model of others or one without a card, IrisError where the
    hub refuses.
    """
    files = [operation for model in models for operation in _operations(model)]
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=os.environ.get("HF_TOKEN") or None)
    message = f"Iris: {', '.join(model.key for model in models)}"
    try:
        api.create_repo(repo, exist_ok=True)
        return api.create_commit(repo, files, commit_message=message).commit_url
    except HFValidationError:
        raise BadInput(f"{repo[:100]!r} is no repository; write it as OWNER/REPO") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise IrisError(f"the hub refused {repo} ({status}); set HF_TOKEN to a token that may write there") from error
    except (OSError, httpx2.HTTPError) as error:
        raise IrisError(f"cannot reach the hub to push to {repo}; check the connection and push again") from error


def _operations(model: ModelEntry) -> list[CommitOperationAdd]:
    if model.source != "bundled":
        raise BadInput(f"{model.key} is not this project's to publish; push bundled models")
    if not model.card.is_file():
        raise BadInput(f"{model.key} has no card at {model.card}; write it before publishing")
    files = (weights_path(model), model.card)
    return [CommitOperationAdd(path_in_repo=path.name, path_or_fileobj=path) for path in files]
