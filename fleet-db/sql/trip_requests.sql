-- Requests of a filter. A step waits for the nearest leaders of its unit, or for one person where it was handed to somebody.
select r.id, r.number, r.unit_id, r.dispatch_unit_id, r.applicant_id, r.state, r.reason, r.purpose, r.is_confidential, r.is_emergency,
       r.is_poolable, r.category, r.seats, r.passengers, r.passenger_count, r.vehicle_count,
       r.from_name, st_x(r.from_place) as "from_lon!", st_y(r.from_place) as "from_lat!",
       r.to_name, st_x(r.to_place) as "to_lon!", st_y(r.to_place) as "to_lat!",
       r.stops, r.is_round_trip, r.planned, r.wanted_vehicle_id, r.note, r.distance_m, r.estimate_fen, r.steps, r.step, r.round,
       r.ratify_by, r.ratified_at, r.created_at, r.submitted_at, r.decided_at, r.changed_at,
       account_name(r.applicant_id) as applicant_name, unit_label(r.unit_id) as unit_name, unit_label(r.dispatch_unit_id) as fleet_name,
       (select h.state from hand_over h where h.request_id = r.id and h.direction = 'out' and h.state not in ('refused', 'cancelled')) as handed,
       exists (select from hand_over h where h.request_id = r.id and h.direction = 'in') as "is_guest!"
from trip_request r
where ($1::uuid is null or r.id = $1)
  and (cardinality($2::text[]) = 0 or r.state = any ($2))
  and ($3::uuid is null or r.applicant_id = $3)
  and ($4::uuid[] is null
       or (r.applicant_id <> $5::uuid
           and ((r.state = 'submitted'
                 and case when r.steps -> r.step::integer ->> 'only' is not null
                     then (r.steps -> r.step::integer ->> 'only')::uuid = $5
                     else trip_decider((r.steps -> r.step::integer ->> 'unit')::uuid, r.applicant_id, $11) = any ($4) end)
                or (r.ratify_by is not null and r.ratified_at is null and r.state in ('approved', 'ordered', 'closed')
                    and trip_decider(r.unit_id, r.applicant_id, $11) = any ($4)))))
  and ($6::uuid[] is null or r.dispatch_unit_id in (select unit_id from unit_within($6)))
  and ($7::uuid[] is null
       or r.unit_id in (select unit_id from unit_within($7))
       or r.dispatch_unit_id in (select unit_id from unit_within($7)))
  and ($8::text is null
       or r.number ilike $8 or account_name(r.applicant_id) ilike $8
       or (not r.is_confidential and (r.purpose ilike $8 or r.from_name ilike $8 or r.to_name ilike $8)))
  and ($9::uuid is null
       or (r.created_at, r.id) < (select l.created_at, l.id from trip_request l where l.id = $9))
  and (not $12::boolean
       or exists (select from hand_over h
                  where h.request_id = r.id and h.direction = 'out' and h.state not in ('settled', 'refused', 'cancelled')))
order by r.created_at desc, r.id desc
limit $10
