"""An OpenAI-compatible endpoint as the model: instructor and openai, loaded only when a model is asked."""

from __future__ import annotations

import re

from wfc.errors import MODEL, UserError
from wfc.generate import Draft, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wfc.generate import Ask

TIMEOUT = 120.0
"""Seconds for one answer."""
TRANSPORT_RETRIES = 2
"""Repeats of one request on 408, 409, 429, 5xx and connection errors, by the openai client, with backoff."""


class ModelError(UserError):
    """The model could not be asked, or gave nothing that can be used; exit code 3."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy, MODEL)


def connect(model: str, base_url: str, key: str) -> Ask:
    """A function that asks `model` at `base_url`. Raises ModelError when the client is not installed."""
    try:
        import instructor
        import openai
        from pydantic import BaseModel, Field
    except ImportError:
        raise ModelError(
            "asking a model needs the packages openai and instructor",
            "install them beside wfc: `uv sync --extra llm`, or `pip install '.[llm]'` in its folder",
        ) from None

    class Answer(BaseModel):
        """A flow for the intent, what was assumed, and what must be asked first."""

        flow: str = Field(
            description="the whole text of the .wf file; empty only when questions must be answered first"
        )
        assumptions: list[str] = Field(default_factory=list, description="what the intent left open and you decided")
        questions: list[str] = Field(default_factory=list, description="what a person must decide first")

    client = openai.OpenAI(base_url=base_url, api_key=key or "none", timeout=TIMEOUT, max_retries=TRANSPORT_RETRIES)
    asking = instructor.from_openai(client, mode=instructor.Mode.TOOLS)
    heard: list[Any] = []
    asking.on("completion:response", heard.append)

    def ask(messages: tuple[Message, ...]) -> Draft:
        heard.clear()
        sent: Any = [{"role": message.role, "content": message.text} for message in messages]
        try:
            answer = asking.chat.completions.create(
                model=model, messages=sent, response_model=Answer, max_retries=0, temperature=0
            )
        except Exception as error:
            return from_failure(error, heard[-1] if heard else None, model, base_url)
        return Draft(unfenced(answer.flow), tuple(answer.assumptions), tuple(answer.questions))

    return ask


def from_failure(error: Exception, completion: Any, model: str, base_url: str) -> Draft:
    """A draft out of an answer that came as plain text, or ModelError with what went wrong and what to do.

    completion: the last answer that the client understood as one, or None.
    """
    import openai

    for cause in causes(error):
        if isinstance(cause, openai.APIStatusError):
            raise status_error(cause, model, base_url) from None
        if isinstance(cause, openai.APITimeoutError):
            raise ModelError(
                f"{base_url} did not answer within {TIMEOUT:.0f} s", "try again, or a faster model"
            ) from None
        if isinstance(cause, openai.APIConnectionError):
            raise ModelError(f"{base_url} can't be reached", "check OPENAI_BASE_URL or --base-url") from None
    said, refusal = spoken(completion)
    if refusal:
        raise ModelError(
            f"the model refuses: {refusal}", "put the intent in other words, or use another model"
        ) from None
    if said:
        return Draft(unfenced(said))
    raise ModelError(f"the answer of {model} can't be used: {error}", "try again, or another model") from None


def causes(error: BaseException) -> list[BaseException]:
    """An exception and everything that it came from."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def status_error(error: Any, model: str, base_url: str) -> ModelError:
    """What an HTTP status of the endpoint means for the user."""
    status = error.status_code
    if status in (401, 403):
        return ModelError(f"{base_url} refuses the key (status {status})", "set OPENAI_API_KEY to a valid key")
    if status == 404:
        return ModelError(f"{base_url} knows no model `{model}` (status 404)", "set WFC_MODEL or --model")
    if status == 429:
        return ModelError(
            f"{base_url} says: too many requests, or no quota left (status 429)", "wait, or check the plan"
        )
    if status >= 500:
        return ModelError(f"{base_url} is in trouble (status {status})", "try again later")
    return ModelError(f"{base_url} answered status {status}: {error.message}", "see `wfc generate --help`")


def spoken(completion: Any) -> tuple[str, str]:
    """(text, refusal) of a completion that did not use the tool, "" where there is none."""
    choices = getattr(completion, "choices", None)
    if not choices:
        return "", ""
    message = choices[0].message
    return getattr(message, "content", None) or "", getattr(message, "refusal", None) or ""


def unfenced(text: str) -> str:
    """The flow in an answer: inside its code fence when it has one, else the text itself."""
    fence = re.search(r"```[a-z]*[ \t]*\n(.*?)(?:\n```|\Z)", text, re.DOTALL)
    return (fence.group(1) if fence else text).strip() + "\n"
