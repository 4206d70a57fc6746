-- One row at least of every table, all of them of the unit ...03 (EAST); the unit ...02 (WEST) has nothing. A new table gets its row here.
insert into unit (id, parent_id, name, level, region_code, created_at) values
    ('00000000-0000-0000-0000-000000000001', null, '市', 3, '330100', '2026-03-02'),
    ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', '西', 4, '330106', '2026-03-02'),
    ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000001', '东', 4, '330102', '2026-03-02');
insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at) values
    ('00000000-0000-0000-0000-00000000000a', 'east', '东', '', 'dispatcher', '00000000-0000-0000-0000-000000000003', '2026-03-02', '2026-03-02');
insert into account_session (id, token_sha256, account_id, kind, name, csrf_token, peer, user_agent, created_at, last_seen_at, expires_at) values
    ('00000000-0000-0000-0000-00000000000b', '\x01', '00000000-0000-0000-0000-00000000000a', 'browser', '', '', '', '', '2026-03-02', '2026-03-02', '2027-03-02');
insert into local_role (id, unit_id, name_zh, name_en, base_role, functions, created_by, created_at) values
    ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000003', '值班员', 'watch', 'dispatcher', '{watch_vehicles}',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into account_grant (id, account_id, role, unit_id, during, reason, created_at) values
    ('00000000-0000-0000-0000-00000000000d', '00000000-0000-0000-0000-00000000000a', 'dispatcher', '00000000-0000-0000-0000-000000000003',
     '[2026-03-02,)', '', '2026-03-02');
insert into idempotent_answer (account_id, key, request_sha256, status, body, created_at) values
    ('00000000-0000-0000-0000-00000000000a', 'k', '\x01', 200, '', '2026-03-02');
insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at) values
    ('00000000-0000-0000-0000-0000000000f1', '浙A00001', '00000000-0000-0000-0000-000000000003', 'other', 'petrol', 'm', 5, 'in_service', '2026-03-02');
insert into gb32960_platform (id, login, secret_sha256, name, unit_id, created_at) values
    ('00000000-0000-0000-0000-0000000000f2', 'p', '\x01', 'p', '00000000-0000-0000-0000-000000000003', '2026-03-02');
insert into device (id, terminal_id, secret_sha256, protocol, model, unit_id, created_at) values
    ('00000000-0000-0000-0000-0000000000f3', 'MP-1', '\x01', 'mqtt', 'box', '00000000-0000-0000-0000-000000000003', '2026-03-02');
insert into device_binding (device_id, vehicle_id, during) values
    ('00000000-0000-0000-0000-0000000000f3', '00000000-0000-0000-0000-0000000000f1', '(,)');
-- Over, and of another time: one that lasts would take away what follows.
insert into vehicle_exemption (id, vehicle_id, vehicle_no, basis, during, document, reason, begun_by, ended_by, end_document, end_reason)
    select '00000000-0000-0000-0000-0000000000fa', id, no, 'investigation', '[2026-03-05,2026-03-06)', '', '', '00000000-0000-0000-0000-00000000000a',
           '00000000-0000-0000-0000-00000000000a', '', '' from vehicle;
insert into device_log (id, device_id, at, action, reason) values
    ('00000000-0000-0000-0000-0000000000f4', '00000000-0000-0000-0000-0000000000f3', '2026-03-02', 'added', '');
insert into device_link (device_id, gateway, peer, protocol, version, is_encrypted, connected_at, last_heard_at) values
    ('00000000-0000-0000-0000-0000000000f3', 'g', '', 'mqtt', '5', false, '2026-03-02', '2026-03-02');
insert into device_status (device_id, status, at) values ('00000000-0000-0000-0000-0000000000f3', '{}', '2026-03-02');
insert into device_frame (device_id, at, direction, bytes) values ('00000000-0000-0000-0000-0000000000f3', '2026-03-02', 'up', '');
insert into frame_watch (device_id, until) values ('00000000-0000-0000-0000-0000000000f3', '2026-03-03');
insert into terminal_command (id, device_id, kind, args, asked_by, reason, asked_at, expires_at) values
    ('00000000-0000-0000-0000-0000000000f5', '00000000-0000-0000-0000-0000000000f3', 'text', '{}', '00000000-0000-0000-0000-00000000000a', '',
     '2026-03-02', '2026-03-03');
insert into firmware_image (id, version, sha256, signature, size_bytes, note, image, uploaded_by, uploaded_at) values
    ('00000000-0000-0000-0000-0000000000f6', '1', '\x01', decode(repeat('00', 64), 'hex'), 0, '', '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into firmware_rollout (id, image_id, unit_id, stages_pct, stage, failure_limit_pct, state, reason, started_by, started_at, changed_at) values
    ('00000000-0000-0000-0000-0000000000f7', '00000000-0000-0000-0000-0000000000f6', '00000000-0000-0000-0000-000000000003', '{100}', 0, 5, 'running',
     '', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into firmware_target (rollout_id, device_id, stage, state, changed_at) values
    ('00000000-0000-0000-0000-0000000000f7', '00000000-0000-0000-0000-0000000000f3', 0, 'waiting', '2026-03-02');
create table vehicle_position_all partition of vehicle_position default;
insert into vehicle_position (vehicle_no, fixed_at, sequence, received_at, flags) select no, '2026-03-02', 1, '2026-03-02', 0 from vehicle;
insert into vehicle_position_late (vehicle_no, fixed_at, sequence, received_at, flags) select no, '2026-03-01', 1, '2026-03-02', 0 from vehicle;
insert into track_day (vehicle_no, day, fixes, first_at, last_at, distance_m, hour_fixes, columns)
    select no, '2026-02-01', 1, '2026-02-01', '2026-02-01', 0, '{}', '' from vehicle;
insert into vehicle_live (vehicle_no, state, tracker, updated_at) select no, '{}', '', '2026-03-02' from vehicle;
insert into trip (id, vehicle_no, started_at, origin, destination, distance_m, max_speed_dkmh, stops)
    select gen_random_uuid(), no, '2026-03-02', 'srid=4326;point(120 30)', 'srid=4326;point(120 30)', 0, 0, 0 from vehicle;
insert into vehicle_stop (id, vehicle_no, from_at, place) select gen_random_uuid(), no, '2026-03-02', 'srid=4326;point(120 30)' from vehicle;
insert into vehicle_event (vehicle_no, at, kind, detail) select no, '2026-03-02', 'trip_started', '{}' from vehicle;
insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, replayed, detail)
    select gen_random_uuid(), no, 'sos', 'device', 'red', '2026-03-02', false, '{}' from vehicle;
insert into account (id, login, display_name, password_hash, role, unit_id, password_changed_at, created_at) values
    ('00000000-0000-0000-0000-00000000000e', 'east.two', '东二', '', 'authority', '00000000-0000-0000-0000-000000000003', '2026-03-02', '2026-03-02');
insert into rule_change (id, rule_key, unit_id, from_on, value, source, reason, state, proposed_by, proposed_on, proposed_at, decided_by, decided_at) values
    ('00000000-0000-0000-0000-0000000000f8', 'calendar_days', '00000000-0000-0000-0000-000000000003', '2027-01-01',
     '[{"first": "2027-01-01", "last": "2027-01-03", "kind": "holiday", "name": "元旦"}]', '', '', 'approved',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02', '00000000-0000-0000-0000-00000000000e', '2026-03-02');
insert into rule_version (id, rule_key, unit_id, from_on, value, source, change_id, proposed_by, approved_by, recorded_at)
    select '00000000-0000-0000-0000-0000000000f9', rule_key, unit_id, from_on, value, source, id, proposed_by, decided_by, '2026-03-02' from rule_change;
select audit_append('{"v":1,"at":"2026-03-02T04:00:00.000000Z","account":null,"login":"east","role":null,"peer":"","action":"changed",'
    || '"subject":{"kind":"unit","id":null,"name":"东"},"unit":"00000000-0000-0000-0000-000000000003","reason":"","before":null,"after":null}');
insert into account_identity (account_id, issuer, expected, bound_at) values
    ('00000000-0000-0000-0000-00000000000a', 'https://id.example.gov.cn', 'E-1', '2026-03-02');
insert into unit_history (unit_id, act, from_on, document, reason, name, level, region_code, kind, status, by_login, created_at) values
    ('00000000-0000-0000-0000-000000000003', 'enter', '2026-03-02', '', '', '东', 4, '330102', 'organ', 'active', '', '2026-03-02');
insert into line (id, code, name, created_at) values ('00000000-0000-0000-0000-0000000000fa', 'tax', '税务', '2026-03-02');
insert into line_unit (line_id, unit_id) values ('00000000-0000-0000-0000-0000000000fa', '00000000-0000-0000-0000-000000000003');
insert into message (id, kind, severity, facts, created_at, dedup_key) values
    ('00000000-0000-0000-0000-0000000000fb', 'alarm_raised', 'note', '{}', '2026-03-02', 'x');
insert into message_recipient (account_id, message_id) values ('00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000fb');
insert into notify_preference (account_id, language, choices, changed_at) values ('00000000-0000-0000-0000-00000000000a', 'zh', '{}', '2026-03-02');
insert into vehicle_document (id, vehicle_id, kind, name, media_type, size_bytes, sha256, content, uploaded_by, uploaded_at) values
    ('00000000-0000-0000-0000-0000000000fc', '00000000-0000-0000-0000-0000000000f1', 'other', 'a.pdf', 'application/pdf', 0, sha256(''), '',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_finding (id, vehicle_id, vehicle_no, kind, at, measured, allowed, measure, detail, found_at, changed_at)
    select '00000000-0000-0000-0000-0000000001f0', id, no, 'use_without_order', '2026-03-02', 51, 50, 'metre', '{"about": "nothing"}', '2026-03-02',
           '2026-03-02' from vehicle;
insert into trip_finding_step (id, finding_id, from_state, action, to_state, by, at, text) values
    ('00000000-0000-0000-0000-0000000001f1', '00000000-0000-0000-0000-0000000001f0', 'open', 'explain', 'explained',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02', 'x');
insert into sensitive_place (id, unit_id, name, class, place, radius_m, created_by, created_at) values
    ('00000000-0000-0000-0000-0000000001f2', '00000000-0000-0000-0000-000000000003', '酒店', '宾馆酒店', 'srid=4326;point(120 30)', 100,
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into public_case (id, number, source, unit_id, received_on, matter, entered_by, entered_at) values
    ('00000000-0000-0000-0000-0000000001f3', '12345-1', 'hotline_12345', '00000000-0000-0000-0000-000000000003', '2026-03-02', 'x',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into driver (id, unit_id, account_id, name, phone, licence_class, licence_tail, licence_until, status, joined_on, created_at) values
    ('00000000-0000-0000-0000-0000000000d1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-00000000000a', '张', '1', 'C1', '1234',
     '2030-01-01', 'on_duty', '2020-01-01', '2026-03-02');
insert into approval_flow (id, unit_id, name, rank, flow, created_by, created_at) values
    ('00000000-0000-0000-0000-0000000000d2', '00000000-0000-0000-0000-000000000003', '审批', 1, '{}', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_request (id, number, unit_id, dispatch_unit_id, applicant_id, state, reason, purpose, is_confidential, is_emergency, is_poolable,
    category, seats, passengers, passenger_count, vehicle_count, from_name, from_place, to_name, to_place, stops, is_round_trip, planned, note,
    distance_m, estimate_fen, steps, step, round, created_at, changed_at) values
    ('00000000-0000-0000-0000-0000000000d3', 'YC-1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000003',
     '00000000-0000-0000-0000-00000000000a', 'ordered', '', '', false, false, false, 'other', 5, '[]', 1, 1, 'a', 'srid=4326;point(120 30)', 'b',
     'srid=4326;point(120 30)', '[]', false, '[2026-03-02,2026-03-03)', '', 0, 0, '[]', 0, 1, '2026-03-02', '2026-03-02');
insert into trip_approval (id, request_id, round, step, action, at, opinion) values
    ('00000000-0000-0000-0000-0000000000d4', '00000000-0000-0000-0000-0000000000d3', 1, 0, 'approved', '2026-03-02', '');
insert into dispatch_order (id, number, request_id, unit_id, fleet_unit_id, vehicle_id, vehicle_no, driver_id, state, taken, issued_by, issued_at,
    changed_at)
    select '00000000-0000-0000-0000-0000000000d5', 'PC-1', '00000000-0000-0000-0000-0000000000d3', unit_id, unit_id, id, no,
           '00000000-0000-0000-0000-0000000000d1', 'issued', '[2026-03-02,2026-03-03)', '00000000-0000-0000-0000-00000000000a', '2026-03-02',
           '2026-03-02' from vehicle;
insert into dispatch_order_step (id, order_id, action, at, recorded_at, reason) values
    ('00000000-0000-0000-0000-0000000000d6', '00000000-0000-0000-0000-0000000000d5', 'issue', '2026-03-02', '2026-03-02', '');
insert into trip_ride (order_id, request_id, passengers, joined_by, joined_at) values
    ('00000000-0000-0000-0000-0000000000d5', '00000000-0000-0000-0000-0000000000d3', 1, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_expense (id, order_id, kind, amount_fen, occurred_at, place, reason, entered_by, entered_at) values
    ('00000000-0000-0000-0000-0000000000d7', '00000000-0000-0000-0000-0000000000d5', 'toll', 1, '2026-03-02', '', '',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_settlement (order_id, basis, used, lines, total_fen, settled_by, settled_at) values
    ('00000000-0000-0000-0000-0000000000d5', 'expenses', '{}', '[]', 0, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into allowance_account (id, unit_id, year, month, created_at) values
    ('00000000-0000-0000-0000-0000000000d8', '00000000-0000-0000-0000-000000000003', 2026, 3, '2026-03-02');
insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, reason, entered_at) values
    ('00000000-0000-0000-0000-0000000000d9', '00000000-0000-0000-0000-0000000000d8', 'grant', 1, 0, '', '2026-03-02');
insert into allowance_adjustment (id, kind, unit_id, year, month, amount_fen, document, reason, proposed_by, proposed_at) values
    ('00000000-0000-0000-0000-0000000000da', 'loan', '00000000-0000-0000-0000-000000000003', 2026, 3, 1, '', '',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_rating (order_id, attitude, appearance, driving, comment, rated_by, rated_at) values
    ('00000000-0000-0000-0000-0000000000d5', 5, 5, 5, '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_notice (id, order_id, unit_id, began_at, ended_at, reason, from_name, to_name, distance_m, cost_fen, shown_by, shown_at) values
    ('00000000-0000-0000-0000-0000000000d7', '00000000-0000-0000-0000-0000000000d5', '00000000-0000-0000-0000-000000000003', '2026-03-02', '2026-03-02',
     '', '', '', 0, 0, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into driver_study (id, driver_id, on_day, topic, minutes, recorded_by, created_at) values
    ('00000000-0000-0000-0000-0000000000e7', '00000000-0000-0000-0000-0000000000d1', '2026-03-01', 'x', 60, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into vehicle_seal (id, vehicle_id, kind, during, place, key_custodian, reason, approved_by, handled_by, created_at) values
    ('00000000-0000-0000-0000-0000000000e8', '00000000-0000-0000-0000-0000000000f1', 'ordinary', '[2026-06-02,)', 'x', 'x', 'x',
     '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into holiday_use (id, vehicle_id, during, reason, approved_by, handled_by, created_at) values
    ('00000000-0000-0000-0000-0000000000e9', '00000000-0000-0000-0000-0000000000f1', '[2026-05-01,2026-05-06)', 'x',
     '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into order_check (id, order_id, vehicle_id, kind, items, at, recorded_at, by, key) values
    ('00000000-0000-0000-0000-0000000000d7', '00000000-0000-0000-0000-0000000000d5', '00000000-0000-0000-0000-0000000000f1', 'pre_trip', '{}',
     '2026-03-02', '2026-03-02', '00000000-0000-0000-0000-00000000000a', 'k');
insert into vehicle_defect (id, vehicle_id, check_id, item, note, is_safety, reported_at, reported_by) values
    ('00000000-0000-0000-0000-0000000000d8', '00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-0000000000d7', 'papers', '', false,
     '2026-03-02', '00000000-0000-0000-0000-00000000000a');
insert into order_sos (id, order_id, kind, at, recorded_at, by, key) values
    ('00000000-0000-0000-0000-0000000000d9', '00000000-0000-0000-0000-0000000000d5', 'help', '2026-03-02', '2026-03-02',
     '00000000-0000-0000-0000-00000000000a', 'k');
update dispatch_order set state = 'underway', departed_at = '2026-03-02' where id = '00000000-0000-0000-0000-0000000000d5';
insert into driver_position (order_id, at, recorded_at, place) values
    ('00000000-0000-0000-0000-0000000000d5', '2026-03-02', '2026-03-02', 'srid=4326;point(120 30)');
insert into trip_route (id, unit_id, name, way, created_by, created_at) values
    ('00000000-0000-0000-0000-000000000201', '00000000-0000-0000-0000-000000000003', '一号线', '{}', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_plan (id, number, name, unit_id, dispatch_unit_id, keeper_id, state, steps, step, created_at, changed_at) values
    ('00000000-0000-0000-0000-000000000202', 'ZQ-1', '巡查', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000003',
     '00000000-0000-0000-0000-00000000000a', 'submitted', '[]', 0, '2026-03-02', '2026-03-02');
insert into trip_plan_version (plan_id, version, from_on, trip, schedule, state, written_by, written_at) values
    ('00000000-0000-0000-0000-000000000202', 1, '2026-03-02', '{}', '{}', 'submitted', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into trip_plan_step (id, plan_id, version, action, by, at, opinion) values
    ('00000000-0000-0000-0000-000000000203', '00000000-0000-0000-0000-000000000202', 1, 'write', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '');
insert into trip_plan_day (plan_id, day, version, begins_at, ends_at) values
    ('00000000-0000-0000-0000-000000000202', '2026-03-02', 1, '2026-03-02', '2026-03-03');
insert into accident_case (id, number, unit_id, vehicle_id, at, place_name, kind, injured, what, liability, insurer, policy_number, claim_number,
    state, reported_by, reported_at, changed_at) values
    ('00000000-0000-0000-0000-000000000204', 'SG-1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-0000000000f1', '2026-03-02', '',
     'scrape', 0, '', 'pending', '', '', '', 'reported', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into violation_case (id, number, unit_id, vehicle_id, at, place_name, code, what, points, fine_fen, notice_number, state, entered_by,
    entered_at, changed_at) values
    ('00000000-0000-0000-0000-000000000205', 'WZ-1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-0000000000f1', '2026-03-02', '',
     '1039', '', 0, 20000, '', 'open', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into incident_step (id, accident_id, from_state, action, to_state, by, at, text) values
    ('00000000-0000-0000-0000-000000000206', '00000000-0000-0000-0000-000000000204', 'reported', 'take', 'open', '00000000-0000-0000-0000-00000000000a',
     '2026-03-02', '');
insert into accident_photo (document_id, accident_id, key) values
    ('00000000-0000-0000-0000-0000000000fc', '00000000-0000-0000-0000-000000000204', 'k');
insert into trip_settlement_part (order_id, request_id, number, unit_id, seats, distance_m, amount_fen) values
    ('00000000-0000-0000-0000-0000000000d5', '00000000-0000-0000-0000-0000000000d3', 'x', '00000000-0000-0000-0000-000000000003', 1, 1, 0);
insert into driver_score (driver_id, year, quarter, score, computed_at) values
    ('00000000-0000-0000-0000-0000000000d1', 2026, 1, '{}', '2026-03-02');
insert into supplier (id, unit_id, name, contact, phone, created_by, created_at) values
    ('00000000-0000-0000-0000-0000000000da', '00000000-0000-0000-0000-000000000003', 'x', 'x', 'x', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into supplier_contract (id, supplier_id, unit_id, number, kind, classes, during, hour_fen, created_by, created_at) values
    ('00000000-0000-0000-0000-0000000000db', '00000000-0000-0000-0000-0000000000da', '00000000-0000-0000-0000-000000000003', 'x', 'time_share',
     '{sedan}', '[2026-01-01,2027-01-01)', 1, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into supplier_car (vehicle_id, contract_id, added_at) values
    ('00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-0000000000db', '2026-03-02');
insert into designated_vendor (id, unit_id, supplier_id, service, document, during, created_by, created_at) values
    ('00000000-0000-0000-0000-000000000301', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-0000000000da', 'repair', 'x', '[2026-01-01,2027-01-01)', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into upkeep_plan (id, vehicle_id, item, every_km, last_on, last_km, created_by, created_at) values
    ('00000000-0000-0000-0000-000000000302', '00000000-0000-0000-0000-0000000000f1', 'x', 5000, '2026-01-01', 0, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into repair_order (id, number, unit_id, vehicle_id, kind, what, state, proposed_by, proposed_at, exception_document, reason, changed_at) values
    ('00000000-0000-0000-0000-000000000303', 'WX-1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-0000000000f1', 'repair', 'x', 'proposed', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '', '', '2026-03-02');
insert into repair_quote (id, repair_id, supplier_id, parts_fen, labour_fen, total_fen, note, quoted_by, quoted_at) values
    ('00000000-0000-0000-0000-000000000304', '00000000-0000-0000-0000-000000000303', '00000000-0000-0000-0000-0000000000da', 1, 1, 2, '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into repair_step (repair_id, action, to_state, by, at, text) values ('00000000-0000-0000-0000-000000000303', 'quote', 'quoted', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '');
insert into repair_bill (repair_id, parts_fen, labour_fen, total_fen, settled_by, settled_at) values ('00000000-0000-0000-0000-000000000303', 1, 0, 1, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into repair_line (repair_id, seq, part, what, quantity, price_fen) values ('00000000-0000-0000-0000-000000000303', 1, 'parts', 'x', 1, 1);
insert into insurance_policy (id, unit_id, vehicle_id, supplier_id, kind, number, during, premium_fen, exception_document, created_by, created_at) values
    ('00000000-0000-0000-0000-000000000305', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-0000000000da', 'compulsory', 'x', '[2026-01-01,2027-01-01)', 1, '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into vehicle_inspection (id, vehicle_id, kind, done_on, valid_until, place, created_by, created_at) values
    ('00000000-0000-0000-0000-000000000306', '00000000-0000-0000-0000-0000000000f1', 'inspection', '2026-01-01', '2027-01-01', '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into due_reminder (subject_id, vehicle_id, kind, due, step, told_at) values ('00000000-0000-0000-0000-000000000306', '00000000-0000-0000-0000-0000000000f1', 'inspection', '2027-01-01', 30, '2026-03-02');
insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, source, note, posted_by, posted_at) values
    ('00000000-0000-0000-0000-000000000307', '00000000-0000-0000-0000-0000000000f1', '00000000-0000-0000-0000-000000000003', 'toll', 1, '2026-03-02', 'manual', '', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into closed_year (unit_id, year, closed_by, closed_at) values ('00000000-0000-0000-0000-000000000003', 2025, '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into energy_card (id, number, kind, vehicle_id, limits, created_by, created_at, changed_at) values
    ('00000000-0000-0000-0000-000000000308', '1', 'fuel', '00000000-0000-0000-0000-0000000000f1', '{}', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into card_use (id, card_id, number, act, at, plate, amount_fen, place, refused, posted_by, posted_at) values
    ('00000000-0000-0000-0000-000000000309', '00000000-0000-0000-0000-000000000308', '1', 'take', '2026-03-02', '', 1, '', '{grade}', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into cost_exception (id, unit_id, number, head, plate, card_number, occurred_at, amount_fen, place, order_number, why, brought_by, brought_at) values
    ('00000000-0000-0000-0000-00000000030a', '00000000-0000-0000-0000-000000000003', '1', 'toll', '', '', '2026-03-02', 1, '', '', 'no_plate', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into peer_platform (id, code, own_code, name, level, region_code, base_url, algorithm, sealed_ours, unit_id, guest_unit_id, guest_account_id,
                           created_at) values
    ('00000000-0000-0000-0000-0000000000c1', 'B', 'A', '乙', 3, '330200', 'https://b.example.gov.cn', 'hmac_sm3', '\x01',
     '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into hand_over (id, platform_id, direction, request_id, number, round, state, origin_unit, origin_applicant, handed_at, changed_at)
    select '00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-0000000000c1', 'in', id, '9', 1, 'taken', '', '', '2026-03-02', '2026-03-02'
    from trip_request where not is_confidential order by id limit 1;
insert into peer_message (id, hand_over_id, sequence, kind, body, written_at, next_at) values
    ('00000000-0000-0000-0000-0000000000c3', '00000000-0000-0000-0000-0000000000c2', 1, 'progress', '{}', '2026-03-02', '2026-03-02');
insert into lifecycle_paper (id, paper, number, unit_id, state, category, facts, proposed_by, proposed_at, changed_at) values
    ('00000000-0000-0000-0000-000000000301', 'establishment', 'BZ-1', '00000000-0000-0000-0000-000000000003', 'approved', 'other',
     '{"reason": "x", "change": {"kind": "grant", "count": 2}}', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into lifecycle_step (id, paper_id, from_state, action, to_state, by, at, words, document) values
    ('00000000-0000-0000-0000-000000000302', '00000000-0000-0000-0000-000000000301', '', 'propose', 'applied',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02', '', '');
insert into establishment_entry (id, unit_id, category, kind, count, document, paper_id, entered_by, entered_at) values
    ('00000000-0000-0000-0000-000000000303', '00000000-0000-0000-0000-000000000003', 'other', 'grant', 2, 'x',
     '00000000-0000-0000-0000-000000000301', '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into lifecycle_paper (id, paper, number, unit_id, state, category, facts, proposed_by, proposed_at, changed_at) values
    ('00000000-0000-0000-0000-000000000304', 'indicator', 'ZB-1', '00000000-0000-0000-0000-000000000003', 'reserved', 'other',
     '{"reason": "x", "kind": "addition", "wanted": {}}', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into lifecycle_paper (id, paper, number, unit_id, state, year, facts, proposed_by, proposed_at, changed_at) values
    ('00000000-0000-0000-0000-000000000305', 'budget', 'YS-1', '00000000-0000-0000-0000-000000000003', 'submitted', 2026, '{"reason": "x"}',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02', '2026-03-02');
insert into budget_line (id, budget_id, indicator_id, amount_fen) values
    ('00000000-0000-0000-0000-000000000306', '00000000-0000-0000-0000-000000000305', '00000000-0000-0000-0000-000000000304', 1);
insert into vehicle_registration (vehicle_id, owner_kind, owner_name, certificate, registered_on, entered_on, body, standard_case, standard_document,
    engine_number, is_domestic, recorded_by, recorded_at) values
    ('00000000-0000-0000-0000-0000000000f1', 'unit', 'x', 'x', '2018-03-02', '2026-03-02', 'sedan', 'ordinary', '', 'x', true,
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into vehicle_marking (id, vehicle_id, kind, code, document, from_on, recorded_by, recorded_at) values
    ('00000000-0000-0000-0000-000000000307', '00000000-0000-0000-0000-0000000000f1', 'sticker', 'x', '', '2026-03-02',
     '00000000-0000-0000-0000-00000000000a', '2026-03-02');
insert into annual_report (id, unit_id, year, version, stage, reason, opened_by, opened_at, changed_at) values
    ('00000000-0000-0000-0000-000000000308', '00000000-0000-0000-0000-000000000003', 2025, 1, 'draft', '', '00000000-0000-0000-0000-00000000000a',
     '2026-03-02', '2026-03-02');
insert into annual_report_step (report_id, action, to_stage, by, at, reason) values
    ('00000000-0000-0000-0000-000000000308', 'open', 'draft', '00000000-0000-0000-0000-00000000000a', '2026-03-02', '');
insert into peer_reach (platform_id, down_unit_id, open_unit_id, pulls, changed_at) values
    ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000003', '{vehicle}', '2026-03-02');
insert into report_way (id, platform_id, direction, report_id, number, round, state, digest, receipt, origin_unit, signed_by, sent_at, changed_at) values
    ('00000000-0000-0000-0000-0000000000c4', '00000000-0000-0000-0000-0000000000c1', 'in', '00000000-0000-0000-0000-000000000308', '2025-1', 1,
     'received', repeat('0', 64), 'B-2025-1-1', 'x', 'x', '2026-03-02', '2026-03-02');
insert into exchange_record (platform_id, interface, key, content, first_at, changed_at) values
    ('00000000-0000-0000-0000-0000000000c1', 'vehicle', '1', '{}', '2026-03-02', '2026-03-02');
insert into exchange_traffic (platform_id, interface, kind, messages, records, last_at) values
    ('00000000-0000-0000-0000-0000000000c1', 'vehicle', 'pull', 1, 1, '2026-03-02');
