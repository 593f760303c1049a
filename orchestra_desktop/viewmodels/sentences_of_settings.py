"""English sentences about the settings file, `--set`, keys and the keyring."""

# ruff: noqa: E501 - a sentence stands on one line, so that it can be searched for as it is shown

from __future__ import annotations

from collections.abc import Mapping

SETTINGS_SENTENCES: Mapping[str, str] = {
    "settings.unreadable": "{path} cannot be read ({detail}); the defaults are used and the file is left as it is.",
    "settings.not_json": "{path} is not JSON (line {line}, column {column}); the defaults are used and the file is left as it is.",
    "settings.double_key": "{path} has {key!r} twice; the defaults are used and the file is left as it is.",
    "settings.bad_version": "{where} is not a version; the file is read as if it were today's.",
    "settings.newer_version": "The file was written by a newer version ({found}, this one knows {known}); what is understood is used, and the file is left as it is.",
    "settings.file_kept": "{path} does not validate at {where}, so it was not changed. Mend it and try again.",
    "settings.unwritable": "{path} cannot be written ({detail}), so nothing was changed.",
    "settings.unknown_section": "There is no section {where}.",
    "settings.unknown_key": "There is no setting {where}.",
    "settings.missing": "{where} is missing; its default is used.",
    "settings.invalid": "{where} is not valid ({detail}).",
    "settings.empty": "{where} is empty.",
    "settings.too_small": "{where} is too small: at least {limit}.",
    "settings.too_large": "{where} is too large: at most {limit}.",
    "settings.too_long": "{where} is too long: at most {limit}.",
    "settings.not_one_of": "{where} is none of: {choices}.",
    "settings.not_a_whole_number": "{where} is not a whole number.",
    "settings.not_true_or_false": "{where} is neither true nor false.",
    "settings.not_a_text": "{where} is not a text.",
    "settings.not_a_list": "{where} is not a list.",
    "settings.not_an_object": "{where} is not an object.",
    "settings.not_a_date": "{where} is not a date like 2026-11-23.",
    "settings.wrong_form": "{where} does not have the form it should.",
    "settings.not_an_amount": "{where}: {given!r} is not an amount in dollars like 2.50.",
    "settings.not_an_address": "{where} is not an address like http://127.0.0.1:11434.",
    "settings.secret_in_address": "{where} holds a user name or password; addresses may not.",
    "settings.not_a_host": "{where} is not a host like name, name:port or an address.",
    "settings.not_a_price": "{where}: {given!r} is not a price in dollars.",
    "settings.price_too_fine": "{where}: {given!r} is finer than a billionth of a dollar per token.",
    "settings.double_price": "{where} gives {model} two prices for one day.",
    "settings.unknown_time_zone": "{where}: there is no time zone {given!r}.",
    "settings.secret": "{where} looks like a key, which does not belong here; it is not used. `key set anthropic` keeps one in the keyring.",
    "settings.not_yet": "{where} has no effect yet.",
    "settings.set_malformed": "--set {given!r} is not section.name=value.",
    "settings.not_per_project": "{where} cannot be set for one project.",
    "time_zone.unknown": "There is no time zone {name!r}.",
    "money.not_an_amount": "{given!r} is not an amount in dollars like 2.50.",
    "amount.negative": "An amount cannot be less than nothing.",
    # -- keys --
    "key.unknown_service": "{given!r} takes no key here; known are: {known}.",
    "key.missing": "There is no key for {service}: `key set {service}` keeps one in the keyring, or set ANTHROPIC_API_KEY.",
    "key.malformed": "That cannot be a key: it is empty, too long, or holds spaces or other signs. Nothing was kept.",
    "keyring.absent": "This system has no keyring that answers. Set ANTHROPIC_API_KEY instead; the key is never written to a file.",
    "keyring.locked": "The keyring is locked: unlock it and try again, or set ANTHROPIC_API_KEY.",
    "keyring.no_answer": "The keyring did not answer within {seconds:time}: unlock it and try again, or set ANTHROPIC_API_KEY.",
    "keyring.unsafe": "The only keyring here ({backend}) would keep the key where others can read it, so it is not used. Set ANTHROPIC_API_KEY instead.",
    "keyring.not_kept": "The keyring took the key but did not keep it. Set ANTHROPIC_API_KEY instead.",
    "keyring.failed": "The keyring failed: {detail}. Set ANTHROPIC_API_KEY instead.",
}
