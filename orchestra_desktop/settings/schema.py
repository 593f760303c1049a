"""All settings: one frozen model for each section of `settings.json`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestra_desktop.settings.fields import Section
from orchestra_desktop.settings.model_sections import (
    AnthropicSettings,
    ComfyuiSettings,
    KnowledgeSettings,
    OllamaSettings,
)
from orchestra_desktop.settings.money_sections import BudgetSettings, PricingSettings
from orchestra_desktop.settings.person_sections import AppearanceSettings, NotificationSettings, PrivacySettings
from orchestra_desktop.settings.run_sections import (
    ExecutionSettings,
    GitSettings,
    McpSettings,
    RoutingSettings,
    ToolSettings,
)

PROJECT_SECTIONS = ("budget", "execution", "routing", "tools")
"""What a project may override."""


class Settings(BaseModel):
    """Everything a person can set; money in nano-dollars. Keys never enter here: they belong to the keyring."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    anthropic: AnthropicSettings = Field(default_factory=AnthropicSettings)
    ollama: OllamaSettings = Field(default_factory=OllamaSettings)
    comfyui: ComfyuiSettings = Field(default_factory=ComfyuiSettings)
    knowledge: KnowledgeSettings = Field(default_factory=KnowledgeSettings)
    budget: BudgetSettings = Field(default_factory=BudgetSettings)
    execution: ExecutionSettings = Field(default_factory=ExecutionSettings)
    routing: RoutingSettings = Field(default_factory=RoutingSettings)
    pricing: PricingSettings = Field(default_factory=PricingSettings)
    git: GitSettings = Field(default_factory=GitSettings)
    tools: ToolSettings = Field(default_factory=ToolSettings)
    mcp: McpSettings = Field(default_factory=McpSettings)
    notifications: NotificationSettings = Field(default_factory=NotificationSettings)
    appearance: AppearanceSettings = Field(default_factory=AppearanceSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)


def section_types() -> dict[str, type[Section]]:
    """The model of each section by its name, in the order of the file."""
    return {
        name: info.annotation
        for name, info in Settings.model_fields.items()
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section)
    }
