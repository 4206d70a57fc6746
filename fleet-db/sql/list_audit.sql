-- $1 tops of the scope, $2 tops of who sees what belongs to no unit, $3 since, $4 until, $5 account, $6 text in the login, $7 action,
-- $8 kind of the subject, $9 the subject, $10 text in its name, $11 unit, $12 below this number, $13 rows
select e.seq, e.body, e.hash, u.name as "unit_name?"
from audit_entry e
left join unit u on u.id = e.unit_id
where (e.unit_id in (select unit_id from unit_within($1))
       or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($2)))
  and ($3::timestamptz is null or e.at >= $3)
  and ($4::timestamptz is null or e.at < $4)
  and ($5::uuid is null or e.account_id = $5)
  and ($6::text is null or strpos(lower(e.login), $6) > 0)
  and ($7::text is null or e.action = $7)
  and ($8::text is null or e.subject_kind = $8)
  and ($9::uuid is null or e.subject_id = $9)
  and ($10::text is null or strpos(lower(e.subject_name), $10) > 0)
  and ($11::uuid is null or e.unit_id in (select unit_id from unit_within(array[$11])))
  and ($12::bigint is null or e.seq < $12)
order by e.seq desc
limit $13
