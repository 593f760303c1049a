"""Migration 1: every table of the first version, frozen: a later change is a migration of its own, no edit here."""

from __future__ import annotations

from typing import Any

from peewee import SQL, BlobField, CompositeKey, IntegerField, Model, TextField


class Projects(Model):
    id = TextField(primary_key=True)
    name = TextField()
    requirements_text = TextField()
    requirements = TextField()
    rigor = TextField()
    workspace = TextField()
    rehearsal = IntegerField()
    state = TextField()
    created_at = IntegerField()
    updated_at = IntegerField()
    instructions = TextField()
    repository = TextField()
    base_branch = TextField()
    overrides = TextField()

    class Meta:
        table_name = "projects"


class Plans(Model):
    project = TextField()
    number = IntegerField()
    state = TextField()
    hash = TextField()
    plan = TextField()
    problems = TextField()
    created_at = IntegerField()
    comment = TextField()
    ceiling = IntegerField(null=True)

    class Meta:
        table_name = "plans"
        primary_key = CompositeKey("project", "number")


class Runs(Model):
    run = TextField(primary_key=True)
    project = TextField(index=True)
    plan_number = IntegerField()
    plan_hash = TextField()
    spec = TextField()
    state = TextField()
    started_at = IntegerField()
    finished_at = IntegerField(null=True)
    ceiling = IntegerField(null=True)

    class Meta:
        table_name = "runs"


class Events(Model):
    seq = IntegerField(primary_key=True)
    at = IntegerField()
    type = TextField()
    project = TextField(null=True)
    run = TextField(null=True)
    task = TextField(null=True)
    attempt = IntegerField(null=True)
    payload = TextField()

    class Meta:
        table_name = "events"
        indexes = ((("run", "seq"), False), (("project", "seq"), False))


class Bodies(Model):
    digest = TextField(primary_key=True)
    packed = IntegerField()  # 1 where content is zlib-compressed
    content = BlobField()

    class Meta:
        table_name = "bodies"


class Ledger(Model):
    line = IntegerField(primary_key=True)  # the order in which lines were opened
    call = TextField(unique=True)
    at = IntegerField()
    day = TextField()  # its month is the first seven characters
    project = TextField(null=True, index=True)
    run = TextField(null=True, index=True)
    task = TextField(null=True)
    attempt = IntegerField(null=True)
    purpose = TextField()
    provider = TextField()
    model = TextField()
    tier = TextField()
    reserved = IntegerField()
    state = TextField()
    settled_at = IntegerField(null=True)
    charged = IntegerField()
    usage = TextField(null=True)
    request_id = TextField(null=True)
    flags = TextField()

    class Meta:
        table_name = "ledger"


class Balances(Model):
    kind = TextField()
    id = TextField()
    charged = IntegerField(constraints=[SQL("DEFAULT 0")])
    open = IntegerField(constraints=[SQL("DEFAULT 0")])
    unconfirmed = IntegerField(constraints=[SQL("DEFAULT 0")])

    class Meta:
        table_name = "balances"
        primary_key = CompositeKey("kind", "id")
        without_rowid = True


MODELS = (Projects, Plans, Runs, Events, Bodies, Ledger, Balances)


def create_everything(database: Any) -> None:
    with database.bind_ctx(MODELS, bind_refs=False, bind_backrefs=False):
        database.create_tables(MODELS, safe=False)
    # Settled lines are many and the others few: indexes of only what is looked for at every start stay tiny.
    database.execute_sql("CREATE INDEX ledger_open ON ledger (state) WHERE state = 'open'")
    database.execute_sql("CREATE INDEX ledger_unconfirmed ON ledger (state) WHERE state = 'unconfirmed'")
