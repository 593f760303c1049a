"""How the program was started: the common options of the command line, read before anything heavy is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

APP_NAME = "orchestra-desktop"


@dataclass(frozen=True, slots=True)
class StartOptions:
    """The common options of cli.md; None is "as the settings or the platform say"."""

    data_dir: Path | None = None
    config: Path | None = None
    overrides: tuple[str, ...] = ()
    offline: bool = False
    log_level: str | None = None
    log_format: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a key


def data_dir(options: StartOptions) -> Path:
    """`--data-dir`, else `ORCHESTRA_DATA_DIR`, else where the platform keeps such things."""
    import platformdirs

    given = options.data_dir or options.environment.get("ORCHESTRA_DATA_DIR")
    return (
        Path(given).expanduser().absolute() if given else Path(platformdirs.user_data_path(APP_NAME, appauthor=False))
    )


def window_options(argv: Sequence[str], environment: Mapping[str, str]) -> StartOptions | None:
    """The common options, if there is nothing else: no verb is the window. None if the command line is to look."""
    import argparse

    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--log-level")
    parser.add_argument("--log-format")
    try:
        given, rest = parser.parse_known_args(list(argv))
    except argparse.ArgumentError:
        return None
    if rest:
        return None
    return StartOptions(
        data_dir=given.data_dir,
        config=given.config,
        overrides=tuple(given.set),
        offline=given.offline,
        log_level=given.log_level,
        log_format=given.log_format,
        environment=environment,
    )


def can_show(environment: Mapping[str, str], platform: str) -> bool:
    """Whether there is a screen to show a window on."""
    if environment.get("QT_QPA_PLATFORM") or not platform.startswith(("linux", "freebsd")):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
