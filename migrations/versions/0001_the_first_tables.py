"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Who sees a row, by the table it is in. A policy's own look at another table is filtered by that
# table's policy in turn, so "there is a case of this person" means: one that the scope may see.
SERVICE_ONLY = (
    "dialog_state",
    "fact",
    "inbox",
    "key_epoch",
    "outbox_lane",
    "send_budget",
    "staff_code",
    "staff_session",
    "trace",
)
OF_ORGANISATION = (
    "answer",
    "audit_entry",
    "campaign",
    "case_access",
    "check_in",
    "enrolment",
    "invite",
    "outbox",
    "passkey",
    "shift",
    "staff",
)
SEEN = {
    "organisation": "id = (SELECT wayhome_organisation())",
    "returnee": (
        "EXISTS (SELECT FROM enrolment e WHERE e.returnee_id = returnee.id"
        " AND (e.until_at IS NULL OR e.until_at > clock_timestamp()))"
        ' OR EXISTS (SELECT FROM "case" c WHERE c.returnee_id = returnee.id)'
    ),
    "data_key": "EXISTS (SELECT FROM returnee r WHERE r.data_key_id = data_key.id)",
    "consent": "EXISTS (SELECT FROM returnee r WHERE r.id = consent.returnee_id)",
    "safety": "EXISTS (SELECT FROM returnee r WHERE r.id = safety.returnee_id)",
    "case": (
        "organisation_id = (SELECT wayhome_organisation())"
        ' OR EXISTS (SELECT FROM case_access a WHERE a.case_id = "case".id'
        " AND (a.until_at IS NULL OR a.until_at > clock_timestamp()))"
    ),
    "case_event": 'EXISTS (SELECT FROM "case" c WHERE c.id = case_event.case_id)',
    "message": 'EXISTS (SELECT FROM "case" c WHERE c.id = message.case_id)',
    **dict.fromkeys(OF_ORGANISATION, "organisation_id = (SELECT wayhome_organisation())"),
    **dict.fromkeys(SERVICE_ONLY, "false"),
}
# A row here opens a person or a case to an organisation, so none may write its own.
OPENING = ("case_access", "enrolment")
# Histories: the application adds lines and reads them. They go only with what they belong to.
LEDGERS = ("audit_entry", "case_event", "consent")

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wayhome_app') THEN
        CREATE ROLE wayhome_app NOLOGIN;
    END IF;
END $$
"""
# A scope that is missing, empty or no id gives NULL, and NULL shows no row.
ORGANISATION = """
CREATE FUNCTION wayhome_organisation() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_setting('wayhome.scope', true) ~ '^[0-9a-f-]{36}$'
                THEN current_setting('wayhome.scope', true)::uuid END
$$
"""
SERVICE = """
CREATE FUNCTION wayhome_service() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('wayhome.scope', true), '') = 'service'
$$
"""


def upgrade() -> None:
    create_tables()
    op.execute(ROLE)
    op.execute(ORGANISATION)
    op.execute(SERVICE)
    op.execute("GRANT USAGE ON SCHEMA public TO wayhome_app")
    for table, seen in SEEN.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(
            f'CREATE POLICY scope ON "{table}" TO wayhome_app'
            f" USING ((SELECT wayhome_service()) OR {seen})"
            + (" WITH CHECK ((SELECT wayhome_service()))" if table in OPENING else "")
        )
        rights = "SELECT, INSERT" if table in LEDGERS else "SELECT, INSERT, UPDATE, DELETE"
        op.execute(f'GRANT {rights} ON "{table}" TO wayhome_app')
    op.execute("GRANT SELECT ON alembic_version TO wayhome_app")


def create_tables() -> None:
    op.create_table(
        "data_key",
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        info={"scope": "key-owner"},
    )
    op.create_table(
        "dialog_state",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dialog_state")),
        info={"scope": "service"},
    )
    op.create_index(
        op.f("ix_dialog_state_changed_at"), "dialog_state", ["changed_at"], unique=False
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact")),
        info={"scope": "service"},
    )
    op.create_table(
        "inbox",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_inbox")),
        sa.UniqueConstraint("update_id", name=op.f("uq_inbox_update_id")),
        info={"scope": "service"},
    )
    op.create_index(
        "ix_inbox_handled_at",
        "inbox",
        ["handled_at"],
        unique=False,
        postgresql_where="handled_at IS NOT NULL",
    )
    op.create_index(
        "ix_inbox_lane_unhandled",
        "inbox",
        ["lane", "number"],
        unique=False,
        postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
    )
    op.create_index(
        "ix_inbox_unhandled",
        "inbox",
        ["number"],
        unique=False,
        postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
    )
    op.create_table(
        "key_epoch",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_key_epoch")),
        info={"scope": "service"},
    )
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), server_default="UTC", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("staff_chat", sa.LargeBinary(), nullable=True),
        sa.Column("staff_chat_key", sa.LargeBinary(), nullable=True),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
        sa.UniqueConstraint("staff_chat_key", name=op.f("uq_organisation_staff_chat_key")),
        info={"scope": "organisation"},
    )
    op.create_index(
        "uq_organisation_one_default",
        "organisation",
        ["is_default"],
        unique=True,
        postgresql_where="is_default",
    )
    op.create_table(
        "outbox_lane",
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("open_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_outbox_lane")),
        info={"scope": "service"},
    )
    op.create_table(
        "send_budget",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_send_budget")),
        info={"scope": "service"},
    )
    op.create_table(
        "trace",
        sa.Column("chat_key", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace")),
        info={"scope": "service"},
    )
    op.create_index("ix_trace_chat_key_sent_at", "trace", ["chat_key", "sent_at"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.UUID(), nullable=True),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_audit_entry_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
        info={"scope": "organisation"},
    )
    op.create_index(
        "ix_audit_entry_organisation_id_at", "audit_entry", ["organisation_id", "at"], unique=False
    )
    op.create_table(
        "returnee",
        sa.Column("data_key_id", sa.UUID(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("chat_key", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), server_default="UTC", nullable=False),
        sa.Column(
            "age_band",
            sa.Enum(
                "adult",
                "15-17",
                "under-15",
                "unknown",
                name="ageband",
                native_enum=False,
                length=32,
            ),
            server_default="unknown",
            nullable=False,
        ),
        sa.Column(
            "identity",
            sa.Enum(
                "unconfirmed", "confirmed", "doubted", name="identity", native_enum=False, length=32
            ),
            server_default="unconfirmed",
            nullable=False,
        ),
        sa.Column(
            "discretion",
            sa.Enum("open", "discreet", "watched", name="discretion", native_enum=False, length=32),
            server_default="open",
            nullable=False,
        ),
        sa.Column("shared_phone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["data_key_id"], ["data_key.id"], name=op.f("fk_returnee_data_key_id_data_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returnee")),
        sa.UniqueConstraint("chat_key", name=op.f("uq_returnee_chat_key")),
        sa.UniqueConstraint("data_key_id", name=op.f("uq_returnee_data_key_id")),
        info={"scope": "returnee"},
    )
    op.create_table(
        "staff",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sign_in_code", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "caseworker",
                "coordinator",
                "supervisor",
                "safeguarding",
                "admin",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("telegram_chat", sa.LargeBinary(), nullable=True),
        sa.Column("telegram_chat_key", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_staff_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("sign_in_code", name=op.f("uq_staff_sign_in_code")),
        sa.UniqueConstraint("telegram_chat_key", name=op.f("uq_staff_telegram_chat_key")),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_staff_organisation_id"), "staff", ["organisation_id"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("group", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("local_time", sa.String(), nullable=False),
        sa.Column("max_lateness_hours", sa.Integer(), server_default=sa.text("24"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "running",
                "paused",
                "stopped",
                name="campaignstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["staff.id"],
            name=op.f("fk_campaign_created_by_staff"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_campaign_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_campaign_organisation_id_name")
        ),
        info={"scope": "organisation"},
    )
    op.create_table(
        "case",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "claimed",
                "waiting",
                "snoozed",
                "resolved",
                name="casestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "none",
                "concern",
                "urgent",
                "emergency",
                name="severity",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.UUID(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alerts_sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_alert_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("crisis_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "helped",
                "referred",
                "no-help-wanted",
                "not-reached",
                "mistaken",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("follows_id", sa.UUID(), nullable=True),
        sa.Column("staff_topic", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claimed_by"], ["staff.id"], name=op.f("fk_case_claimed_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["case.id"], name=op.f("fk_case_follows_id_case"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_case_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("code", name=op.f("uq_case_code")),
        info={"scope": "case"},
    )
    op.create_index(op.f("ix_case_claimed_by"), "case", ["claimed_by"], unique=False)
    op.create_index(
        "ix_case_next_alert_at",
        "case",
        ["next_alert_at"],
        unique=False,
        postgresql_where="state <> 'resolved'",
    )
    op.create_index(op.f("ix_case_organisation_id"), "case", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_case_returnee_id"), "case", ["returnee_id"], unique=False)
    op.create_index(
        "uq_case_one_open",
        "case",
        ["returnee_id"],
        unique=True,
        postgresql_where="state <> 'resolved'",
    )
    op.create_table(
        "consent",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "check-ins",
                "caseworker",
                "answers",
                "voice",
                name="purpose",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("notice_version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_consent_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        info={"scope": "returnee"},
    )
    op.create_index(
        "ix_consent_returnee_purpose",
        "consent",
        ["returnee_id", "purpose", "given_at"],
        unique=False,
    )
    op.create_table(
        "invite",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.UUID(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["staff.id"], name=op.f("fk_invite_issued_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_invite_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invite_code_hash")),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_invite_organisation_id"), "invite", ["organisation_id"], unique=False)
    op.create_table(
        "passkey",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_passkey_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_passkey_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        info={"scope": "organisation"},
    )
    op.create_index(
        op.f("ix_passkey_organisation_id"), "passkey", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"], unique=False)
    op.create_table(
        "safety",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("window", sa.LargeBinary(), nullable=True),
        sa.Column("never_first", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("second_prompt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_safety_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("returnee_id", name=op.f("pk_safety")),
        info={"scope": "returnee"},
    )
    op.create_table(
        "shift",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_shift_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_shift_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        info={"scope": "organisation"},
    )
    op.create_index(
        "ix_shift_organisation_time",
        "shift",
        ["organisation_id", "starts_at", "ends_at"],
        unique=False,
    )
    op.create_index(op.f("ix_shift_staff_id"), "shift", ["staff_id"], unique=False)
    op.create_table(
        "staff_code",
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_staff_code_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_code_code_hash")),
        info={"scope": "service"},
    )
    op.create_index(op.f("ix_staff_code_staff_id"), "staff_code", ["staff_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_staff_session_staff_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
        info={"scope": "service"},
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "case_access",
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_access_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_access_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_access")),
        info={"scope": "organisation"},
    )
    op.create_index(
        "ix_case_access_case_id_organisation_id",
        "case_access",
        ["case_id", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "case_event",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "signal",
                "raised",
                "alerted",
                "claimed",
                "released",
                "reached-out",
                "note",
                "waiting",
                "snoozed",
                "returned",
                "resolved",
                "reopened",
                "told-waiting",
                name="caseeventkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column(
            "severity",
            sa.Enum(
                "none",
                "concern",
                "urgent",
                "emergency",
                name="severity",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_event_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_event_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
            name=op.f("fk_case_event_staff_id_staff"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
        info={"scope": "case"},
    )
    op.create_index(
        "ix_case_event_case_id_number", "case_event", ["case_id", "number"], unique=False
    )
    op.create_table(
        "check_in",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("campaign_id", sa.UUID(), nullable=True),
        sa.Column("step", sa.String(), server_default="once", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "held",
                "sending",
                "sent",
                "started",
                "answered",
                "silent",
                "missed",
                "failed",
                "missed-by-us",
                "skipped",
                "superseded",
                "cancelled",
                name="checkinstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_prompt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_check_in_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_check_in_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_check_in_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint(
            "returnee_id",
            "campaign_id",
            "step",
            "version",
            name=op.f("uq_check_in_returnee_id_campaign_id_step_version"),
        ),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_check_in_campaign_id"), "check_in", ["campaign_id"], unique=False)
    op.create_index(
        "ix_check_in_due",
        "check_in",
        ["due_at"],
        unique=False,
        postgresql_where="state IN ('planned', 'held')",
    )
    op.create_index(
        "ix_check_in_silent",
        "check_in",
        ["silent_at"],
        unique=False,
        postgresql_where="state IN ('sent', 'started')",
    )
    op.create_table(
        "enrolment",
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("invite_id", sa.UUID(), nullable=True),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invite_id"],
            ["invite.id"],
            name=op.f("fk_enrolment_invite_id_invite"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_enrolment_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_enrolment_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "organisation_id", "pseudonym", name=op.f("uq_enrolment_organisation_id_pseudonym")
        ),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_enrolment_returnee_id"), "enrolment", ["returnee_id"], unique=False)
    op.create_index(
        "uq_enrolment_current",
        "enrolment",
        ["returnee_id", "organisation_id"],
        unique=True,
        postgresql_where="until_at IS NULL",
    )
    op.create_table(
        "answer",
        sa.Column("check_in_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["check_in.id"],
            name=op.f("fk_answer_check_in_id_check_in"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_answer_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_answer_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("check_in_id", "question", name=op.f("uq_answer_check_in_id_question")),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_answer_returnee_id"), "answer", ["returnee_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("lane", sa.LargeBinary(), nullable=False),
        sa.Column("chat", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column(
            "notice_class",
            sa.Enum(
                "reply",
                "human",
                "routine",
                "staff",
                name="noticeclass",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sent",
                "failed",
                "cancelled",
                name="outboxstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("returnee_id", sa.UUID(), nullable=True),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.Column("check_in_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("stand_in", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_outbox_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["check_in_id"],
            ["check_in.id"],
            name=op.f("fk_outbox_check_in_id_check_in"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_outbox_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_outbox_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("stand_in", name=op.f("uq_outbox_stand_in")),
        info={"scope": "organisation"},
    )
    op.create_index(op.f("ix_outbox_check_in_id"), "outbox", ["check_in_id"], unique=False)
    op.create_index(
        "ix_outbox_finished_at",
        "outbox",
        ["finished_at"],
        unique=False,
        postgresql_where="finished_at IS NOT NULL",
    )
    op.create_index(
        "ix_outbox_lane_waiting",
        "outbox",
        ["lane", "number"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_index(op.f("ix_outbox_organisation_id"), "outbox", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_outbox_returnee_id"), "outbox", ["returnee_id"], unique=False)
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["priority", "number"],
        unique=False,
        postgresql_where="state = 'waiting'",
    )
    op.create_table(
        "message",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("returnee_id", sa.UUID(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("from-returnee", "to-returnee", name="direction", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "voice",
                "photo",
                "document",
                "location",
                "contact",
                "other",
                name="messagekind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("outbox_id", sa.UUID(), nullable=True),
        sa.Column("listen_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_by", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_message_case_id_case"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["heard_by"], ["staff.id"], name=op.f("fk_message_heard_by_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_message_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["outbox_id"],
            ["outbox.id"],
            name=op.f("fk_message_outbox_id_outbox"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["returnee_id"],
            ["returnee.id"],
            name=op.f("fk_message_returnee_id_returnee"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_message_staff_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        info={"scope": "case"},
    )
    op.create_index("ix_message_case_id_number", "message", ["case_id", "number"], unique=False)
    op.create_index(
        "ix_message_listen_by",
        "message",
        ["listen_by"],
        unique=False,
        postgresql_where="listen_by IS NOT NULL AND heard_at IS NULL",
    )
    op.create_index(op.f("ix_message_outbox_id"), "message", ["outbox_id"], unique=False)
    op.create_index(op.f("ix_message_returnee_id"), "message", ["returnee_id"], unique=False)


def downgrade() -> None:
    for table in SEEN:
        op.execute(f'DROP POLICY scope ON "{table}"')
    op.drop_index(op.f("ix_message_returnee_id"), table_name="message")
    op.drop_index(op.f("ix_message_outbox_id"), table_name="message")
    op.drop_index(
        "ix_message_listen_by",
        table_name="message",
        postgresql_where="listen_by IS NOT NULL AND heard_at IS NULL",
    )
    op.drop_index("ix_message_case_id_number", table_name="message")
    op.drop_table("message")
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where="state = 'waiting'")
    op.drop_index(op.f("ix_outbox_returnee_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_organisation_id"), table_name="outbox")
    op.drop_index(
        "ix_outbox_lane_waiting", table_name="outbox", postgresql_where="state = 'waiting'"
    )
    op.drop_index(
        "ix_outbox_finished_at", table_name="outbox", postgresql_where="finished_at IS NOT NULL"
    )
    op.drop_index(op.f("ix_outbox_check_in_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_answer_returnee_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(
        "uq_enrolment_current", table_name="enrolment", postgresql_where="until_at IS NULL"
    )
    op.drop_index(op.f("ix_enrolment_returnee_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(
        "ix_check_in_silent", table_name="check_in", postgresql_where="state IN ('sent', 'started')"
    )
    op.drop_index(
        "ix_check_in_due", table_name="check_in", postgresql_where="state IN ('planned', 'held')"
    )
    op.drop_index(op.f("ix_check_in_campaign_id"), table_name="check_in")
    op.drop_table("check_in")
    op.drop_index("ix_case_event_case_id_number", table_name="case_event")
    op.drop_table("case_event")
    op.drop_index("ix_case_access_case_id_organisation_id", table_name="case_access")
    op.drop_table("case_access")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_staff_code_staff_id"), table_name="staff_code")
    op.drop_table("staff_code")
    op.drop_index(op.f("ix_shift_staff_id"), table_name="shift")
    op.drop_index("ix_shift_organisation_time", table_name="shift")
    op.drop_table("shift")
    op.drop_table("safety")
    op.drop_index(op.f("ix_passkey_staff_id"), table_name="passkey")
    op.drop_index(op.f("ix_passkey_organisation_id"), table_name="passkey")
    op.drop_table("passkey")
    op.drop_index(op.f("ix_invite_organisation_id"), table_name="invite")
    op.drop_table("invite")
    op.drop_index("ix_consent_returnee_purpose", table_name="consent")
    op.drop_table("consent")
    op.drop_index("uq_case_one_open", table_name="case", postgresql_where="state <> 'resolved'")
    op.drop_index(op.f("ix_case_returnee_id"), table_name="case")
    op.drop_index(op.f("ix_case_organisation_id"), table_name="case")
    op.drop_index(
        "ix_case_next_alert_at", table_name="case", postgresql_where="state <> 'resolved'"
    )
    op.drop_index(op.f("ix_case_claimed_by"), table_name="case")
    op.drop_table("case")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_staff_organisation_id"), table_name="staff")
    op.drop_table("staff")
    op.drop_table("returnee")
    op.drop_index("ix_audit_entry_organisation_id_at", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_trace_chat_key_sent_at", table_name="trace")
    op.drop_table("trace")
    op.drop_table("send_budget")
    op.drop_table("outbox_lane")
    op.drop_index(
        "uq_organisation_one_default", table_name="organisation", postgresql_where="is_default"
    )
    op.drop_table("organisation")
    op.drop_table("key_epoch")
    op.drop_index(
        "ix_inbox_unhandled",
        table_name="inbox",
        postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
    )
    op.drop_index(
        "ix_inbox_lane_unhandled",
        table_name="inbox",
        postgresql_where="handled_at IS NULL AND set_aside_at IS NULL",
    )
    op.drop_index(
        "ix_inbox_handled_at", table_name="inbox", postgresql_where="handled_at IS NOT NULL"
    )
    op.drop_table("inbox")
    op.drop_table("fact")
    op.drop_index(op.f("ix_dialog_state_changed_at"), table_name="dialog_state")
    op.drop_table("dialog_state")
    op.drop_table("data_key")
    op.execute("DROP FUNCTION wayhome_organisation()")
    op.execute("DROP FUNCTION wayhome_service()")
