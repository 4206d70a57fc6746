-- $1 tops of the units, $2 since, $3 until
with car as materialized (
    select id, no, created_at from vehicle where unit_id in (select unit_id from unit_within($1))
)
select (select coalesce(sum(d.fixes), 0)::bigint from track_day d join car on car.no = d.vehicle_no
        where d.first_at >= $2 and d.first_at < $3) as "positions!",
       (select count(*) from trip t join car on car.no = t.vehicle_no where t.started_at >= $2 and t.started_at < $3) as "trips!",
       (select count(*) from vehicle_event e join car on car.no = e.vehicle_no where e.at >= $2 and e.at < $3) as "events!",
       (select count(*) from vehicle_alarm a join car on car.no = a.vehicle_no where a.raised_at >= $2 and a.raised_at < $3) as "alarms!",
       (select count(*) from car where created_at < $3) as "vehicles!",
       (select count(*) from driver d where d.created_at < $3 and d.unit_id in (select unit_id from unit_within($1))) as "drivers!",
       (select count(*) from account a where a.created_at < $3 and a.unit_id in (select unit_id from unit_within($1))) as "accounts!",
       (select count(*) from vehicle_document p join car on car.id = p.vehicle_id
        where p.uploaded_at < $3 and (p.deleted_at is null or p.deleted_at >= $3)) as "documents!",
       (select count(*) from audit_entry e
        where e.at >= $2 and e.at < $3
          and (e.unit_id in (select unit_id from unit_within($1))
               or e.unit_id is null and not exists (select from unit where parent_id is null and id <> all ($1)))) as "audit_entries!"
