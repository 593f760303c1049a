"""Builds a Session by hand from settings: the one place where every floor is wired to the others. No Qt."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.call import Calls
from orchestra_desktop.calls.clock import SystemClock, SystemIds
from orchestra_desktop.calls.recovery import settle_abandoned
from orchestra_desktop.domain import errors
from orchestra_desktop.domain.messages import ModelInfo
from orchestra_desktop.domain.periods import zone
from orchestra_desktop.domain.ports import Archive, Clock, Journal, Keys, ModelProvider, Toolbox
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.engine.executor import EnginePorts
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.network.handoff import Handler, HandoffServer, hand_over
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.planning.planner import NoPlan, Planner, PlanningRefused
from orchestra_desktop.planning.priors import load_priors
from orchestra_desktop.providers.anthropic import AnthropicProvider
from orchestra_desktop.providers.anthropic import AnthropicSettings as ClaudeSettings
from orchestra_desktop.providers.ollama import OllamaProvider
from orchestra_desktop.providers.ollama import OllamaSettings as HostSettings
from orchestra_desktop.providers.ollama_models import pick_model
from orchestra_desktop.providers.rehearsal import RehearsalProvider
from orchestra_desktop.resource_files import resource_text
from orchestra_desktop.services.context import Context, Writing
from orchestra_desktop.services.decisions import LONG_VERBS, decide
from orchestra_desktop.services.doctor import Doctor
from orchestra_desktop.services.models import Models
from orchestra_desktop.services.money import Money, unwritable
from orchestra_desktop.services.outputs import Outputs
from orchestra_desktop.services.plans import Plans
from orchestra_desktop.services.projects import Projects
from orchestra_desktop.services.runs import Runs
from orchestra_desktop.services.secrets import Secrets
from orchestra_desktop.services.session import Closing, Session, close_all
from orchestra_desktop.services.start_options import StartOptions, data_dir
from orchestra_desktop.settings import file as settings_file
from orchestra_desktop.settings.keyring import ENVIRONMENT_NAMES, KeyChain, KeyringKeys, SessionKeys
from orchestra_desktop.settings.log_file import LogFile, Redaction, WatchedKeys, log_events
from orchestra_desktop.settings.prices import load_prices
from orchestra_desktop.settings.schema import Settings
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import open_reader, open_store
from orchestra_desktop.tools.toolbox import shipped_tools
from orchestra_desktop.tools.workspace_choice import check_workspace

HOLD_PATIENCE_S = 5.0  # another command of the same person may be about to let the folder go
_HOLD_PAUSE_S = 0.05


class App:
    """The session factory of this process. `clock` and `keyring` are the system's, unless others are given."""

    def __init__(self, options: StartOptions, clock: Clock | None = None, keyring: Keys | None = None) -> None:
        self._options = options
        self._keyring = keyring or KeyringKeys()
        self._folder = DataFolder(data_dir(options))
        self._settings_file = options.config or self._folder.settings
        self._clock: Clock = clock or SystemClock()
        self._ids = SystemIds()
        self._redaction = Redaction()
        for name in ENVIRONMENT_NAMES.values():
            self._redaction.add(options.environment.get(name, "").strip())

    # -- sessions ---------------------------------------------------------------------------------------------------

    async def writing(self) -> Session:
        """Opens the folder to work in it; settles what the last process left open. Raises as `SessionFactory` says."""
        return await self._opened(serves=True)

    async def _opened(self, *, serves: bool) -> Session:
        """`serves` lets other commands hand their verbs over; a decision made in a moment takes none."""
        self._load()  # what was given wrongly is refused before anything is made
        closing: list[Closing] = []
        try:
            session = await self._opened_parts(closing)
            if serves:
                await self._serve(session)
        except BaseException:
            await close_all(closing)
            raise
        session.on_close.append(session.wind_down)
        return session

    async def _opened_parts(self, closing: list[Closing]) -> Session:
        """The session, with what ends each of its parts in `closing` as soon as it is there."""
        store = open_store(self._folder)
        closing.append(store.close)
        log = self._log_file()
        closing.insert(0, log.close)
        store.journal.subscribe(log_events)
        unkept = self._keep_time_zone()
        settings, notices = self._load()  # again: now that the folder is held nobody else changes its settings
        parts = self._parts(settings)
        closing.append(parts.close)
        toolbox = shipped_tools((self._folder.path,))
        calls = await self._calls(settings, parts, store.journal, store.archive)
        writing = await self._writing(calls, store.journal, store.archive, toolbox)
        notices = (*notices, *unkept, *toolbox.problems)
        session = self._session(settings, parts, store.archive, notices, toolbox, writing)
        session.log = log.path
        session.on_close = closing
        await session.projects.note_interrupted()
        await session.runs.note_interrupted()
        return session

    def _keep_time_zone(self) -> tuple[Text, ...]:
        """Days and months stay those of the first start (M7); what to tell if that cannot be written down."""
        try:
            settings_file.keep_time_zone(self._settings_file)
        except errors.InvalidSettings as error:
            return (error.text,)
        except OSError as error:
            return (unwritable(self._settings_file, error),)
        return ()

    async def reading(self) -> Session:
        """Opens the folder to look at it."""
        settings, notices = self._load()
        reader = open_reader(self._folder)
        parts = self._parts(settings)
        toolbox = shipped_tools((self._folder.path,))
        notices = (*notices, *toolbox.problems)
        session = self._session(settings, parts, reader.archive, notices, toolbox, None)
        session.context.held = self._is_held()
        session.on_close += [reader.close, parts.close]
        return session

    async def decide(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Here if nobody holds the folder, else by whoever does. See `SessionFactory`."""
        deadline = self._clock.monotonic() + min(timeout_s, HOLD_PATIENCE_S)
        while True:
            try:
                session = await self._opened(serves=request.get("verb") in LONG_VERBS)
            except errors.DataFolderHeld:
                answer = await self._handed_over(request, timeout_s)
                if answer is not None:
                    return _unwrapped(answer)
                if self._clock.monotonic() > deadline:
                    raise
                await self._clock.sleep(_HOLD_PAUSE_S)
                continue
            try:
                answer = await decide(session, request)
                await session.handed_over.wait_idle()
                return answer
            finally:
                await session.close()

    async def _handed_over(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """The holder's answer; None while it cannot be reached, as it has just begun or is about to end."""
        holder = self._folder.holder()
        if holder is None:
            return None
        try:
            answer = await hand_over(holder.address, holder.token, request, timeout_s)
        except errors.DataFolderHeld:
            return None
        lets_go = answer.get("error", {}).get("kind") == errors.DataFolderHeld.__name__
        return None if lets_go else answer

    async def _serve(self, session: Session) -> None:
        token = secrets.token_urlsafe(32)

        async def handler(request: dict[str, Any]) -> dict[str, Any]:
            try:
                return await session.handed_over.carry_out(decide(session, request))
            except errors.OrchestraError:
                if session.closes:  # whatever it was, whoever asks is about to have the folder for themselves
                    raise errors.DataFolderHeld(text("session.closes")) from None
                raise

        try:
            server = await self._listening(token, handler)
            session.on_close.append(server.close)
            self._folder.announce(server.address, token)
        except OSError as error:  # everything but handing over works without it
            detail = error.strerror or str(error)
            session.notices = (*session.notices, text("handoff.cannot_listen", detail=detail))

    async def _listening(self, token: str, handler: Handler) -> HandoffServer:
        """On the folder's own socket; on a port of this machine where the file system knows no sockets."""
        try:
            return await HandoffServer.start(self._folder.handoff_address, token, handler)
        except OSError:
            return await HandoffServer.start("tcp:127.0.0.1:0", token, handler)

    def _is_held(self) -> bool:
        """Whether any process runs the folder now. Asked by taking its lock for a moment: a file that names the last
        holder may be there after a kill."""
        try:
            return self._folder.is_held_by_anyone()
        except OSError:  # a folder that may not be written: nobody else's lock can be told from a missing right
            return self._folder.holder() is not None

    def _log_file(self) -> LogFile:
        level, form = self._options.log_level or "info", self._options.log_format or "text"
        return LogFile(self._folder.logs, level, form, self._redaction)

    # -- parts ------------------------------------------------------------------------------------------------------

    def _load(self) -> tuple[Settings, tuple[Text, ...]]:
        loaded = settings_file.load(self._settings_file, self._options.overrides, self._options.environment)
        settings = loaded.settings
        if self._options.offline:
            privacy = settings.privacy.model_copy(update={"offline": True})
            settings = settings.model_copy(update={"privacy": privacy})
        return settings, tuple(problem.text for problem in loaded.problems)

    def _parts(self, settings: Settings) -> _Parts:
        network = NetworkGuard(network_settings(settings), self._clock)
        session_keys = SessionKeys()
        keys = WatchedKeys(KeyChain(self._keyring, self._options.environment, session_keys), self._redaction)
        claude = AnthropicProvider(partial(keys.get, "anthropic"), network, self._clock, _claude_settings(settings))
        ollama = OllamaProvider(
            settings.ollama.hosts[0].url if settings.ollama.hosts else "",
            network,
            self._clock,
            _host_settings(settings),
        )
        rehearsal = RehearsalProvider(self._clock)
        return _Parts(network, keys, WatchedKeys(session_keys, self._redaction), claude, ollama, rehearsal)

    async def _calls(self, settings: Settings, parts: _Parts, journal: Journal, archive: Archive) -> Calls:
        await settle_abandoned(archive, journal, self._clock)
        budget = settings.budget
        accounts = Accounts(
            zone(budget.time_zone),
            daily=budget.daily,
            monthly=budget.monthly,
            project=budget.project,
            warning_percent=budget.warning_percent,
        )
        projects = await archive.projects()
        runs = await archive.runs()
        await accounts.load(archive, [p.id for p in projects], [r.run for r in runs], self._clock.now())
        for project in projects:
            if "project" in project.overrides.get("budget", {}):
                accounts.set_project_cap(project.id, project.overrides["budget"]["project"])
        for row in runs:
            accounts.set_ceiling(row.run, row.ceiling)
        prices = load_prices(resource_text("prices.json"), settings.pricing.overrides)
        return Calls(parts.providers, journal, accounts, lambda: prices, self._clock, self._ids)

    async def _writing(self, calls: Calls, journal: Journal, archive: Archive, toolbox: Toolbox) -> Writing:
        return Writing(
            journal=journal,
            planner=Planner(calls, journal, self._clock, self._ids),
            engine=EnginePorts(calls, journal, archive, toolbox, self._clock, self._ids),
            limits=calls.accounts,
            announce_room=calls.announce_room,
            projects={project.id: project for project in await archive.projects()},
        )

    def _session(
        self,
        settings: Settings,
        parts: _Parts,
        archive: Archive,
        notices: tuple[Text, ...],
        toolbox: Toolbox,
        writing: Writing | None,
    ) -> Session:
        context = Context(
            data_folder=self._folder.path,
            settings_file=self._settings_file,
            settings=settings,
            archive=archive,
            writing=writing,
            clock=self._clock,
            ids=self._ids,
            keys=parts.keys,
            network=parts.network,
            providers=parts.providers,
            toolbox=toolbox,
            prices=load_prices(resource_text("prices.json"), settings.pricing.overrides),
            priors=load_priors(resource_text("priors.json")),
            pick_local=_pick_local,
            check_workspace=partial(check_workspace, forbidden=(self._folder.path,)),
            save_settings=partial(settings_file.save, self._settings_file),
            load_settings=lambda: self._load()[0],
            apply_network=lambda changed: parts.network.apply(network_settings(changed)),
        )
        plans = Plans(context, Models(context))
        runs = Runs(context, plans)
        return Session(
            context=context,
            projects=Projects(context),
            plans=plans,
            runs=runs,
            money=Money(context),
            keys=Secrets(context, {"anthropic": parts.claude.test_key}, parts.session_keys),
            doctor=Doctor(context),
            outputs=Outputs(context, runs),
            notices=notices,
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a session of either kind has of the world outside the data folder."""

    network: NetworkGuard
    keys: Keys
    session_keys: Keys
    claude: AnthropicProvider
    ollama: OllamaProvider
    rehearsal: RehearsalProvider

    @property
    def providers(self) -> Mapping[str, ModelProvider]:
        return {"anthropic": self.claude, "ollama": self.ollama, "rehearsal": self.rehearsal}

    async def close(self) -> None:
        await asyncio.gather(self.claude.aclose(), self.ollama.aclose())


def network_settings(settings: Settings) -> NetworkSettings:
    """What the person allows, as the guard reads it."""
    claude = settings.anthropic
    return NetworkSettings(
        settings.privacy.offline, settings.privacy.allowed_hosts, claude.proxy or None, claude.ca_file or None
    )


def _claude_settings(settings: Settings) -> ClaudeSettings:
    claude = settings.anthropic
    timeouts = Timeouts(connect=claude.connect_timeout_s, read=claude.read_timeout_s)
    return ClaudeSettings(claude.base_url, timeouts, None if claude.effort == "default" else claude.effort)


def _host_settings(settings: Settings) -> HostSettings:
    ollama = settings.ollama
    timeouts = Timeouts(connect=ollama.connect_timeout_s, read=ollama.read_timeout_s)
    return HostSettings(ollama.num_ctx, ollama.num_ctx_max, ollama.keep_alive, timeouts=timeouts)


def _pick_local(wanted: str, available: Sequence[ModelInfo]) -> tuple[str | None, Text]:
    pick = pick_model(wanted, available)
    return pick.name, pick.why


def _unwrapped(answer: dict[str, Any]) -> dict[str, Any]:
    """A handed-over verb's answer; its error is raised as if it had happened here."""
    if "error" not in answer:
        return answer
    error = answer["error"]
    raise _raised(str(error.get("kind")), Text(str(error["key"]), dict(error.get("args", {}))))


def _raised(kind: str, text: Text) -> errors.OrchestraError:
    """An error that travelled as the name of its class, so that the exit code is the same as without the journey."""
    if kind == "ModelFault":
        fault, detail = text.key.partition(".")[2], str(text.args.get("detail", ""))
        return errors.ModelFault(errors.FaultFacts(errors.FaultKind(fault), errors.Owed.UNKNOWN, detail))
    return _TRAVELLING.get(kind, errors.InvalidInput)(text)


_TRAVELLING: Mapping[str, type[errors.OrchestraError]] = {
    **{
        kind.__name__: kind
        for kind in (
            *(errors.UnknownThing, errors.AmbiguousName, errors.InvalidSettings, errors.WrongMoment, errors.PlanError),
            *(errors.GraphError, errors.PlanTooLarge, errors.PlanUnreadable, errors.BudgetError, errors.StorageError),
            *(errors.StorageUnavailable, errors.StorageDamaged, errors.NewerSchema, errors.DataFolderHeld),
            errors.KeyringUnavailable,
        )
    },
    NoPlan.__name__: errors.PlanUnreadable,
    PlanningRefused.__name__: errors.BudgetError,
    **dict.fromkeys(("DependencyCycle", "UnknownDependency", "DuplicateTask", "SelfDependency"), errors.GraphError),
    "UnpricedModel": errors.PlanError,  # as a refused plan: no cap stands in its way
}
