"""Which models are there for a project now, per tier, and what has to do without."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain.errors import KeyringUnavailable, UnpricedModel, WrongMoment
from orchestra_desktop.domain.periods import utc
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import ModelChoice
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.services.context import Context

CLOUD_TIERS = (Tier.HAIKU, Tier.SONNET, Tier.OPUS)
_REHEARSAL = ModelChoice("rehearsal", "rehearsal", 64_000, 1_000_000, free=True)


@dataclass(frozen=True, slots=True)
class Availability:
    """A choice for each tier that is there, and what to tell the person about the others."""

    choices: dict[Tier, ModelChoice]
    notes: tuple[Text, ...]


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
        local, note = await self._local()
        if local is not None:
            choices[Tier.LOCAL] = local
        if note is not None:
            notes = (*notes, note)
        if not choices:
            raise WrongMoment(text("models.none_offline" if self._c.network.offline else "models.none"))
        return Availability(choices, notes)

    async def _cloud(self) -> tuple[dict[Tier, ModelChoice], tuple[Text, ...]]:
        if self._c.network.offline or not await self._has_key():
            return {}, ()
        models = self._c.settings.anthropic.models
        choices, notes = {}, []
        for tier, model in zip(CLOUD_TIERS, (models.haiku, models.sonnet, models.opus), strict=True):
            try:
                price = self._c.prices.price(model, utc(self._c.clock.now()).date())
            except UnpricedModel as error:
                notes.append(error.text)
                continue
            choices[tier] = ModelChoice("anthropic", model, price.max_output_tokens, price.context_tokens)
        return choices, tuple(notes)

    async def _has_key(self) -> bool:
        try:
            return bool(await self._c.keys.get("anthropic"))
        except KeyringUnavailable:
            return False

    async def _local(self) -> tuple[ModelChoice | None, Text | None]:
        health = await self._c.providers["ollama"].check()
        if not health.healthy:
            return None, None
        settings = self._c.settings.ollama
        name, why = self._c.pick_local(settings.default_model, health.models)
        if name is None:
            return None, why
        found = next((model for model in health.models if model.id == name), None)
        context = min(settings.num_ctx_max, (found.context_tokens if found else None) or settings.num_ctx_max)
        choice = ModelChoice("ollama", name, max(context // 2, 1_024), context, free=True)
        return choice, None if name == settings.default_model else why

    def planner_tier(self, wanted: Tier | None, choices: dict[Tier, ModelChoice]) -> Tier:
        """Who plans: the tier asked for, else the setting's; local when nothing else is there.

        Raises WrongMoment if the tier asked for is not there.
        """
        if wanted not in {None, Tier.AUTO}:
            assert wanted is not None  # excluded above
            if wanted not in choices:
                raise WrongMoment(text("tier.unavailable", tier=wanted.value))
            return wanted
        preferred = self._c.settings.routing.planner
        return next(tier for tier in (preferred, Tier.SONNET, Tier.LOCAL, Tier.HAIKU, Tier.OPUS) if tier in choices)
