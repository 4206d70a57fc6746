-- Registers of cars that units kept before (车辆台账导入): loaded whole, with registrations and markings; by a person or by the command line.

-- Nobody: the command line brought it, and the audit log says which.
alter table vehicle_registration alter column recorded_by drop not null;
alter table vehicle_marking alter column recorded_by drop not null;
-- what the odometer said when the car was entered
alter table vehicle_registration add column odometer_km integer;
alter table vehicle_registration add constraint vehicle_registration_odometer_check check (odometer_km >= 0);

create or replace function vehicle_odometer_km(asked uuid) returns integer
language sql stable security definer set search_path = public, pg_temp as $$
    select greatest(
        (greatest(
            (select max(greatest(o.return_odometer_m, o.depart_odometer_m)) from dispatch_order o where o.vehicle_id = asked),
            (select (l.state #>> '{reading,odometer}')::float8::bigint from vehicle v join vehicle_live l on l.vehicle_no = v.no where v.id = asked)
        ) / 1000)::integer,
        (select r.odometer_km from vehicle_registration r where r.vehicle_id = asked))
$$;

-- Which of these numbers cars have or had, whoever may see the cars.
create function taken_vins(vins text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    select vin from vehicle where vin = any(vins)
$$;
create function taken_markings(codes text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    select code from vehicle_marking where code = any(codes)
$$;
revoke execute on function taken_vins(text[]), taken_markings(text[]) from public;
grant execute on function taken_vins(text[]), taken_markings(text[]) to motorpool_web;
