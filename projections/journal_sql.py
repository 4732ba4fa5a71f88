"""The queries of the journal: what moved, the rules it meets, what closings transfer. Static text only."""

from typing import Final

from sqlalchemy import text

_RULES: Final = """
with chart as (
  select * from unnest(cast(:a_number as text[]), cast(:a_aux as text[]), cast(:a_closes as boolean[]))
    as a (number, aux, closes)
), closing as (
  select * from unnest(cast(:c_account as text[]), cast(:c_into as text[]), cast(:c_every as text[]),
    cast(:c_name as text[]), cast(:c_expense as boolean[]), cast(:c_from as date[]), cast(:c_to as date[]))
    as c (account, into_account, every, name, expense, valid_from, valid_to)
), posting as materialized (
  select p.*, p.change is not null or exists (
      select from chart where chart.closes and chart.number in (p.debit, p.credit)) as of_net_assets
  from unnest(cast(:p_entry as text[]), cast(:p_summary as text[]), cast(:p_sign as integer[]),
    cast(:p_debit as text[]), cast(:p_credit as text[]), cast(:p_change as text[]),
    cast(:p_from as date[]), cast(:p_to as date[]))
    as p (entry, summary, sign, debit, credit, change, valid_from, valid_to)
), of_fund as (
  select * from unnest(cast(:f_fund as text[]), cast(:f_account as text[])) as f (fund, account)
), voucher as (
  select * from read.vouchers v
  where v.position <= :position
    and (cast(:counties as text[]) is null or v.county = any(:counties))
    and (cast(:fund as text) is null or v.fund = :fund)
    and (cast(:since as text) is null or v.period >= :since)
    and (cast(:last as text) is null or v.period <= :last)
)"""

_MOVED: Final = """
, moved as (
  select p.position, p.fund, p.value_date, p.entry, p.reversal,
    p.principal_fen + p.interest_fen as amount_fen, p.building, p.unit, p.part,
    coalesce(m.account, o.account) as bank_account, coalesce(m.bank_ref, o.bank_ref) as bank_ref,
    cast(null as text) as lot
  from read.postings p
    left join read.bank_moves m on m.position = p.position and m.line = p.line
    left join read.bank_moves o
      on o.stream = m.stream and o.version = m.reverses_version and o.line = m.reverses_line
  where p.position <= :position
    and (cast(:counties as text[]) is null or p.county = any(:counties))
    and (cast(:fund as text) is null or p.fund = :fund)
  union all
  select b.position, b.fund, b.value_date,
    case when b.kind = 'gain' then 'gain-' || b.category else b.kind end, b.reversal, b.amount_fen,
    null, null, null, coalesce(b.account, o.account), coalesce(b.bank_ref, o.bank_ref), null
  from read.book_entries b
    left join read.bank_moves m on m.position = b.position and m.line = b.line
    left join read.bank_moves o
      on o.stream = m.stream and o.version = m.reverses_version and o.line = m.reverses_line
  where b.position <= :position
  union all
  select l.position, l.fund, l.value_date, 'lot-' || l.lot_kind, l.reverses_version is not null, l.amount_fen,
    null, null, null, coalesce(l.account, o.account), coalesce(m.bank_ref, o.bank_ref), l.lot
  from read.lot_entries l
    left join read.bank_moves m on m.position = l.position and m.line = 0
    left join read.bank_moves o
      on o.stream = m.stream and o.version = m.reverses_version and o.line = m.reverses_line
  where l.position <= :position and l.amount_fen <> 0
  union all
  select d.position, d.fund, d.value_date, 'obligation', d.reverses_version is not null, d.amount_fen,
    d.building, d.unit, d.part,
    coalesce(m.account, o.account), coalesce(m.bank_ref, o.bank_ref), null
  from read.obligations d
    left join read.bank_moves m on m.position = d.position and m.line = d.line
    left join read.bank_moves o
      on o.stream = m.stream and o.version = m.reverses_version and o.line = m.reverses_line
  where d.position <= :position and d.kind = 'paid'
)"""

_BOOKED: Final = """
, vouched as materialized (
  -- The one large join: before the rules are met, whose rows the planner cannot count.
  select v.county, v.fund, v.period, v.number, v.date, v.position, s.value_date, s.entry, s.reversal,
    s.amount_fen, s.building, s.unit, s.part, s.bank_account, s.bank_ref, s.lot
  from moved s
    join voucher v on v.position = s.position and v.fund = s.fund and v.kind = 'entry'
), paired as (
  select s.county, s.fund, s.period, s.number, s.date, s.position, s.value_date, s.entry,
    p.summary || case when late.late then '（以前年度）' else '' end as summary, late.late,
    side.side, case when turned.turned then -1 else 1 end * p.sign * s.amount_fen as amount_fen,
    case when side.account = :of_fund then of_fund.account else side.account end as account,
    case when late.late then 'adjustment' else p.change end as change,
    s.building, s.unit, s.part, s.bank_account, s.bank_ref, s.lot
  from vouched s
    join of_fund on of_fund.fund = s.fund
    join posting p on p.entry = s.entry
      and p.valid_from <= s.date and (p.valid_to is null or s.date < p.valid_to)
    cross join lateral (
      -- Net assets of an earlier year change: its months were closed when this was recorded.
      select p.of_net_assets and extract(year from s.value_date) < extract(year from s.date) as late
    ) as late
    cross join lateral (
      -- What goes the other way has its sides the other way; a reversal keeps those of its original, in red.
      select case when s.reversal then p.sign * s.amount_fen > 0 else p.sign * s.amount_fen < 0 end as turned
    ) as turned
    cross join lateral (
      select case when turned.turned then 'credit' else 'debit' end as side, p.debit as account
      where p.debit is not null
      union all
      select case when turned.turned then 'debit' else 'credit' end, p.credit
    ) as side
), booked as (
  select r.county, r.fund, r.period, r.number, r.date, r.position, r.value_date, r.entry, r.summary, r.side,
    r.amount_fen, chart.number as account, chart.aux, chart.closes, r.change,
    r.building, r.unit, r.part, r.bank_account, r.bank_ref, r.lot
  from paired r
    join chart first on first.number = r.account
    join of_fund on of_fund.fund = r.fund
    left join closing c on r.late and c.account = r.account
      and c.valid_from <= r.date and (c.valid_to is null or r.date < c.valid_to)
    join chart on chart.number = case
      when c.into_account is null then r.account when c.into_account = :of_fund then of_fund.account
      else c.into_account end
)"""

_BY_AUXILIARY: Final = """
, line as (
  select county, fund, period, number, date, position, min(value_date) as value_date, entry, summary, side,
    account, closes, sum(amount_fen) as amount_fen, change,
    case when aux = 'unit' then building end as building, case when aux = 'unit' then unit end as unit,
    case when aux = 'unit' then part end as part,
    case when aux = 'bank' then bank_account end as bank_account,
    case when aux = 'bank' then bank_ref end as bank_ref, case when aux = 'lot' then lot end as lot
  from booked
  group by county, fund, period, number, date, position, entry, summary, side, account, closes, change,
    15, 16, 17, 18, 19, 20
)"""

_BY_ACCOUNT: Final = """
, line as (
  select county, fund, period, number, date, position, min(value_date) as value_date, entry,
    min(summary) as summary, side, account, closes, sum(amount_fen) as amount_fen, min(change) as change,
    cast(null as text) as building, cast(null as text) as unit, cast(null as text) as part,
    cast(null as text) as bank_account, cast(null as text) as bank_ref, cast(null as text) as lot
  from booked
  group by county, fund, period, number, date, position, entry, side, account, closes
)"""

_CLOSED: Final = """
, closing_voucher as (
  select distinct on (county, fund, period, kind) county, fund, period, kind, number, date, position
  from voucher where kind <> 'entry' order by county, fund, period, kind, position
), closable as (
  select l.county, l.fund, c.every,
    case when c.every = 'year' then left(l.period, 4) || '-12' else l.period end as until,
    l.position, c.account, c.name, c.expense,
    case when c.into_account = :of_fund then of_fund.account else c.into_account end as into_account,
    l.building, l.unit, l.part,
    case when l.side = 'debit' then l.amount_fen else -l.amount_fen end as debit_fen
  from line l
    join closing c on c.account = l.account
      and c.valid_from <= l.date and (c.valid_to is null or l.date < c.valid_to)
    join of_fund on of_fund.fund = l.fund
  where l.closes
), closed as (
  select k.county, k.fund, k.until as period, coalesce(v.number, 0) as number,
    coalesce(v.date, cast(cast(k.until || '-01' as date) + interval '1 month' - interval '1 day' as date))
      as date,
    coalesce(v.position, :position) as position, k.account, k.name, k.expense, k.into_account,
    k.building, k.unit, k.part, sum(k.debit_fen) as debit_fen
  from closable k
    left join closing_voucher v on v.county = k.county and v.fund = k.fund and v.period = k.until
      and v.kind = k.every || '-closing' and v.position > k.position
  where v.number is not null or :pro_forma
  group by k.county, k.fund, 3, 4, 5, 6, k.account, k.name, k.expense, k.into_account,
    k.building, k.unit, k.part
), transferred as (
  -- Income is debited and the fund credited; expense is credited and the fund debited.
  select x.county, x.fund, x.period, x.number, x.date, x.position, x.date as value_date,
    'closing' as entry, '结转' || x.name as summary, t.side, t.account,
    sum(case when x.expense then x.debit_fen else -x.debit_fen end) as amount_fen, t.change,
    case when chart.aux = 'unit' then x.building end as building,
    case when chart.aux = 'unit' then x.unit end as unit,
    case when chart.aux = 'unit' then x.part end as part,
    cast(null as text) as bank_account, cast(null as text) as bank_ref, cast(null as text) as lot
  from closed x
    cross join lateral (
      values (case when x.expense then 'credit' else 'debit' end, x.account, cast(null as text)),
        (case when x.expense then 'debit' else 'credit' end, x.into_account, 'result')
    ) as t (side, account, change)
    join chart on chart.number = t.account
  group by x.county, x.fund, x.period, x.number, x.date, x.position, summary, t.side, t.account, t.change,
    14, 15, 16
), whole as (
  select county, fund, period, number, date, position, value_date, entry, summary, side, account, amount_fen,
    case when account like '3%' then change end as change, building, unit, part, bank_account, bank_ref, lot
  from line
  union all
  select * from transferred
)"""

_NUMBERED: Final = """
select w.county, w.fund, w.period, w.number,
  row_number() over (partition by w.county, w.fund, w.period, w.number
    order by w.side desc, w.account, w.building, w.unit, w.part, w.bank_account, w.bank_ref, w.lot,
      w.entry, w.summary, w.change) as line,
  w.date, w.value_date, w.entry, w.summary, w.account,
  case when w.side = 'debit' then w.amount_fen else 0 end as debit_fen,
  case when w.side = 'credit' then w.amount_fen else 0 end as credit_fen,
  b.estate, w.building, w.unit, w.part, w.bank_account, w.bank_ref, w.lot,
  v.stream, v.version, w.position, v.actor, v.papers, w.change
from whole w
  left join read.buildings b on b.building = w.building
  left join voucher v on v.county = w.county and v.fund = w.fund and v.period = w.period
    and v.number = w.number
where (cast(:first as text) is null or w.period >= :first)
order by w.county, w.fund, w.period, w.number = 0, w.number, line
"""

_SUMS: Final = """
select county, fund, period, account, change,
  sum(case when side = 'debit' then amount_fen else 0 end) as debit_fen,
  sum(case when side = 'credit' then amount_fen else 0 end) as credit_fen
from booked
group by 1, 2, 3, 4, 5
order by 1, 2, 3, 4, 5
"""

_OF_ACCOUNTS: Final = """
select county, fund, account,
  sum(case when period < first then debit_fen - credit_fen else 0 end) as opening_fen,
  sum(case when period >= first then debit_fen else 0 end) as debit_fen,
  sum(case when period >= first then credit_fen else 0 end) as credit_fen,
  sum(debit_fen - credit_fen) as closing_fen
from (
  select county, fund, period, account, coalesce(cast(:first as text), '') as first,
    case when side = 'debit' then amount_fen else 0 end as debit_fen,
    case when side = 'credit' then amount_fen else 0 end as credit_fen
  from whole
) as sided
group by county, fund, account
"""

JOURNAL: Final = text(_RULES + _MOVED + _BOOKED + _BY_AUXILIARY + _CLOSED + _NUMBERED)
SUMMED: Final = text(_RULES + _MOVED + _BOOKED + _SUMS)
TRIAL: Final = text(_RULES + _MOVED + _BOOKED + _BY_ACCOUNT + _CLOSED + _OF_ACCOUNTS)
