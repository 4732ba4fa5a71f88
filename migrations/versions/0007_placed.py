"""An event stands where its transaction puts it, and checkpoints are not the application's to drop.

Positions were believed before: an event below zero or far ahead of every transaction was read by the writer
and by no reader, so neither the read models nor the audit would ever have met it.
"""

from alembic import op

revision = "0007_placed"
down_revision = "0006_bank"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The search path is fixed, for the application may make functions in a schema of its choice.
    op.execute("""
        create function log.refuse_misplaced() returns trigger language plpgsql
        set search_path = pg_catalog, pg_temp as $$
        begin
            if exists (
                select from added where position >> 20
                <> pg_current_xact_id()::text::bigint + (select epoch from log.cell)
            ) then
                raise exception '事件的位置不是它的事务应有的位置 (a position must be its transaction''s)'
                    using errcode = 'insufficient_privilege';
            end if;
            return null;
        end $$
    """)
    op.execute("""
        create trigger placed after insert on log.events referencing new table as added
        for each statement execute function log.refuse_misplaced()
    """)
    op.execute("alter table read.checkpoints owner to current_user")
    op.execute("revoke all on read.checkpoints from fund_app")
    op.execute("grant select, insert, update on read.checkpoints to fund_app")
