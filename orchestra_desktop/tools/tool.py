"""What a tool is: a description for the model, and a coroutine that does the work on validated input."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from orchestra_desktop.domain.messages import ToolSpec
from orchestra_desktop.domain.ports import ToolContext, ToolResult


class Tool(Protocol):
    """One tool. Whatever it raises becomes an error result; a ToolError's sentence is told to the model."""

    @property
    def spec(self) -> ToolSpec: ...

    async def run(self, given: dict[str, Any], context: ToolContext) -> ToolResult:
        """Does the work. Raises pydantic.ValidationError for input that is not of the schema, ToolError to refuse."""


class ToolInput(BaseModel):
    """Root of all inputs: exactly the fields of the schema, in exactly its types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


InputT = TypeVar("InputT", bound=ToolInput)


class TypedTool(ABC, Generic[InputT]):
    """A `Tool` whose input is a pydantic model, which gives both the schema and the validation."""

    name: str
    description: str
    idempotent: bool = False
    input_type: type[InputT]

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, self.description, input_schema(self.input_type), self.idempotent)

    async def run(self, given: dict[str, Any], context: ToolContext) -> ToolResult:
        return await self.work(self.input_type.model_validate(given), context)

    @abstractmethod
    async def work(self, arguments: InputT, context: ToolContext) -> ToolResult:
        """Does the work on validated input. Raises ToolError to refuse."""


def input_schema(model: type[ToolInput]) -> dict[str, Any]:
    """The model's JSON schema without the titles that pydantic adds: they repeat the names and cost tokens."""
    schema = model.model_json_schema()
    fields = {name: _without_title(field) for name, field in schema["properties"].items()}
    kept = {key: value for key, value in _without_title(schema).items() if key != "description"}
    return {**kept, "properties": fields}


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}
