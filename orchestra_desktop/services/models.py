"""Which models are there for a project now, per tier, and what has to do without."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain.errors import KeyringUnavailable, UnpricedModel, WrongMoment
from orchestra_desktop.domain.periods import utc
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.ports import Health
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import ModelChoice
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.services.context import Context

CLOUD_TIERS = (Tier.HAIKU, Tier.SONNET, Tier.OPUS)
_REHEARSAL = ModelChoice("rehearsal", "rehearsal", 64_000, 1_000_000, free=True)


@dataclass(frozen=True, slots=True)
class Availability:
    """A choice for each tier that is there, and what to tell the person about the others.

    `local_planner` makes plans on the local tier where the person wants another model for that than for work.
    """

    choices: dict[Tier, ModelChoice]
    notes: tuple[Text, ...]
    local_planner: ModelChoice | None = None


class Models:
    """Looks at the services that this person has."""

    def __init__(self, context: Context) -> None:
        self._c = context

    async def available(self, project: Project) -> Availability:
        """What can be asked for this project. A rehearsal asks nobody; offline only what runs on one's own machines.

        Raises WrongMoment if there is nothing at all: it says what to do.
        """
        if project.rehearsal:
            return Availability(dict.fromkeys((Tier.LOCAL, *CLOUD_TIERS), _REHEARSAL), ())
        choices, notes = await self._cloud()
        health = await self._c.providers["ollama"].check()
        settings = self._c.settings.ollama
        local, note = self._local(health, settings.default_model)
        planner, planner_note = self._local(health, settings.planner_model) if settings.planner_model else (None, None)
        if local is not None:
            choices[Tier.LOCAL] = local
        if not choices:
            raise WrongMoment(text("models.none_offline" if self._c.network.offline else "models.none"))
        notes = (*notes, *(found for found in (note, planner_note) if found is not None))
        return Availability(choices, notes, planner)

    async def _cloud(self) -> tuple[dict[Tier, ModelChoice], tuple[Text, ...]]:
        if self._c.network.offline:
            return {}, ()
        try:
            if not await self._c.keys.get("anthropic"):
                return {}, ()
        except KeyringUnavailable as error:
            return {}, (error.text,)
        return self._priced()

    def _priced(self) -> tuple[dict[Tier, ModelChoice], tuple[Text, ...]]:
        """The cloud tiers that have a price: a model without one is never used as if it were free."""
        models = self._c.settings.anthropic.models
        choices: dict[Tier, ModelChoice] = {}
        notes: list[Text] = []
        for tier, model in zip(CLOUD_TIERS, (models.haiku, models.sonnet, models.opus), strict=True):
            try:
                price = self._c.prices.price(model, utc(self._c.clock.now()).date())
            except UnpricedModel as error:
                notes.append(error.text)
                continue
            choices[tier] = ModelChoice("anthropic", model, price.max_output_tokens, price.context_tokens)
        return choices, tuple(notes)

    def _local(self, health: Health, wanted: str) -> tuple[ModelChoice | None, Text | None]:
        """The model that stands for `wanted` on the person's own machine, and what to say where it is another."""
        if not health.healthy:
            return None, None
        name, why = self._c.pick_local(wanted, health.models)
        found = next((model for model in health.models if model.id == name), None)
        if name is None or found is None:
            return None, why
        if not found.local:  # sent to Ollama's own servers: neither at home nor free
            return None, text("models.not_local", model=name)
        most = self._c.settings.ollama.num_ctx_max
        context = min(most, found.context_tokens or most)
        choice = ModelChoice("ollama", name, max(context // 2, 1_024), context, free=True)
        return choice, None if why.key == "ollama.model.wanted" else why

    def planner(self, wanted: Tier | None, available: Availability, project: Project) -> tuple[Tier, ModelChoice]:
        """Who plans: the tier asked for, else the setting's, else what is there; opus only where it was named.

        Raises WrongMoment if that is not there.
        """
        preferred = self._c.settings_of(project).routing.planner
        named = wanted is not None and wanted is not Tier.AUTO
        tiers = (wanted,) if named else (preferred, Tier.SONNET, Tier.LOCAL, Tier.HAIKU)
        tier = next((tier for tier in tiers if tier in available.choices), None)
        if tier is None:
            raise WrongMoment(text("tier.unavailable", tier=(wanted if named and wanted else preferred).value))
        if tier is Tier.LOCAL and available.local_planner is not None:
            return tier, available.local_planner
        return tier, available.choices[tier]
