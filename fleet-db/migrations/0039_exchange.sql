-- Exchange: annual reports go up from one platform to another (直报) and come back down, and the interfaces of DB32/T 3826-2020 are spoken, by
-- who was granted them, over the units that were granted. What stands in a record is a table here and not a program.

-- A platform may sign with a key that is its own alone.
alter table peer_platform
    drop constraint peer_platform_algorithm_check,
    add constraint peer_platform_algorithm_check check (algorithm in ('hmac_sha256', 'hmac_sm3', 'sm2'));

-- What a platform is told, may read and may tell (对接范围).
create table peer_reach (
    platform_id  uuid primary key references peer_platform (id),
    -- whose annual reports go up to it, and whose it hands up to us
    up_unit_id   uuid references unit (id),
    down_unit_id uuid references unit (id),
    -- of which unit, with all below it, it reads; by which interfaces it reads, and by which it tells us
    open_unit_id uuid references unit (id),
    pulls        text[] not null default '{}',
    pushes       text[] not null default '{}',
    changed_at   timestamptz not null,
    constraint peer_reach_up_key unique (up_unit_id),
    constraint peer_reach_down_key unique (down_unit_id),
    constraint peer_reach_same_check check (up_unit_id <> down_unit_id),
    constraint peer_reach_open_check check (open_unit_id is not null or pulls = '{}')
);

-- A report on its way between platforms (上报单): each time it is handed up is a round of its own.
create table report_way (
    id           uuid primary key,
    platform_id  uuid not null references peer_platform (id),
    direction    text not null,
    -- the report here
    report_id    uuid not null references annual_report (id),
    -- year and version where it was made, and how often it went up from there
    number       text not null,
    round        integer not null,
    state        text not null,
    -- SM3 of the figures
    digest       text not null,
    -- of the platform that took it
    receipt      text,
    -- whose it is by the words of where it was made, and who signed it there and when
    origin_unit  text not null,
    signed_by    text not null,
    signed_at    timestamptz,
    reason       text,
    -- messages written and messages heard, counted
    told         integer not null default 0,
    heard        integer not null default 0,
    sent_at      timestamptz not null,
    changed_at   timestamptz not null,
    constraint report_way_paper_key unique (platform_id, direction, number, round),
    constraint report_way_direction_check check (direction in ('out', 'in')),
    constraint report_way_digest_check check (digest ~ '^[0-9a-f]{64}$'),
    constraint report_way_state_check check (
        state in ('sent', 'received', 'returned', 'accepted', 'refused', 'reopened') and (state in ('sent', 'refused')) = (receipt is null))
);
create index report_way_report_idx on report_way (report_id);

-- What went up stays: a round says what was handed up with it, and what became of it.
create function report_way_is_kept() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE'
       and (new.id, new.platform_id, new.direction, new.report_id, new.number, new.round, new.digest, new.origin_unit, new.signed_by, new.sent_at)
           = (old.id, old.platform_id, old.direction, old.report_id, old.number, old.round, old.digest, old.origin_unit, old.signed_by, old.sent_at)
    then
        return new;
    end if;
    raise exception 'what went up stays' using errcode = 'restrict_violation', constraint='report_way_final_check';
end $$;
revoke execute on function report_way_is_kept() from public;
create trigger report_way_kept before update or delete on report_way for each row execute function report_way_is_kept();
create trigger report_way_kept_all before truncate on report_way for each statement execute function report_way_is_kept();

-- Messages go out about either paper.
alter table peer_message
    alter column hand_over_id drop not null,
    add column report_way_id uuid references report_way (id),
    add constraint peer_message_paper_check check (num_nonnulls(hand_over_id, report_way_id) = 1),
    add constraint peer_message_report_key unique (report_way_id, sequence),
    drop constraint peer_message_kind_check,
    add constraint peer_message_kind_check check (
        kind in ('hand_over', 'recall', 'progress', 'refusal', 'settlement', 'report', 'verdict'));

-- Where reports of a unit go, and which of these units another platform speaks for; whoever asks about the unit, the line is what it is.
create function report_goes_to(asked uuid) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
    select platform_id from peer_reach where up_unit_id = asked
$$;
create function report_told_for(asked uuid[]) returns table (unit_id uuid) language sql stable security definer set search_path = public, pg_temp as $$
    select down_unit_id from peer_reach where down_unit_id = any (asked)
$$;
revoke execute on function report_goes_to(uuid), report_told_for(uuid[]) from public;
grant execute on function report_goes_to(uuid), report_told_for(uuid[]) to motorpool_web;

-- What stands in a record of an interface (字段表). The table of GB/T 45241-2025 and the annex of DB32/T 3826-2020 are not to be had: until they
-- are, these are the fields that there is something to say in; another table needs no other program.
create table exchange_field (
    interface   text not null,
    place       smallint not null,
    name        text not null,
    kind        text not null,
    is_required boolean not null,
    -- of a code: which there are
    codes       text[] not null default '{}',
    term        text not null,
    source      text not null,
    primary key (interface, name),
    constraint exchange_field_kind_check check (kind in ('text', 'integer', 'day', 'instant', 'code') and (kind = 'code') = (codes <> '{}'))
);
insert into exchange_field (interface, place, name, kind, is_required, codes, term, source)
select interface, row_number() over (partition by interface order by n), name, kind, need = '!', coalesce(string_to_array(nullif(codes, ''), ' '), '{}'), term,
       'DB32/T 3826-2020 ' || (select theirs from exchange_word w where w.kind = 'interface' and w.ours = interface and w.platform_id is null)
from (values
    (1, 'sign_in', 'unit_name', 'text', '!', '', '开放单位'), (2, 'sign_in', 'pulls', 'text', '!', '', '可拉取接口'),
    (3, 'sign_in', 'pushes', 'text', '!', '', '可推送接口'),
    (1, 'unit', 'unit_name', 'text', '!', '', '单位名称'), (2, 'unit', 'credit_code', 'text', '?', '', '统一社会信用代码'),
    (3, 'unit', 'region_code', 'text', '!', '', '行政区划代码'), (4, 'unit', 'level', 'integer', '!', '', '层级'),
    (5, 'unit', 'kind', 'code', '!', 'organ institution department fleet other', '单位性质'),
    (6, 'unit', 'parent_name', 'text', '?', '', '主管单位'), (7, 'unit', 'state', 'code', '!', 'active merged closed', '单位状态'),
    (1, 'vehicle', 'plate', 'text', '!', '', '号牌号码'), (2, 'vehicle', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'vehicle', 'vin', 'text', '?', '', '车辆识别代号'),
    (4, 'vehicle', 'category', 'code', '!', 'confidential_courier emergency_support law_enforcement special_technical retired_cadre_service other', '车辆类别'),
    (5, 'vehicle', 'powertrain', 'code', '!', 'petrol diesel hybrid plug_in_hybrid electric hydrogen', '动力类型'),
    (6, 'vehicle', 'model', 'text', '!', '', '品牌型号'), (7, 'vehicle', 'seats', 'integer', '!', '', '核定载客数'),
    (8, 'vehicle', 'state', 'code', '!', 'in_service idle in_repair sealed awaiting_disposal disposed', '车辆状态'),
    (9, 'vehicle', 'registered_on', 'day', '?', '', '初次登记日期'),
    (1, 'over_standard', 'plate', 'text', '!', '', '号牌号码'), (2, 'over_standard', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'over_standard', 'model', 'text', '!', '', '品牌型号'), (4, 'over_standard', 'breaches', 'text', '!', '', '超标准事项'),
    (5, 'over_standard', 'price_fen', 'integer', '!', '', '购置价格'), (6, 'over_standard', 'registered_on', 'day', '!', '', '初次登记日期'),
    (1, 'driver', 'name', 'text', '!', '', '姓名'), (2, 'driver', 'unit_name', 'text', '!', '', '所属单位'),
    (3, 'driver', 'licence_class', 'code', '!', 'A1 A2 A3 B1 B2 C1 C2', '准驾车型'), (4, 'driver', 'licence_until', 'day', '!', '', '驾驶证有效期至'),
    (5, 'driver', 'state', 'code', '!', 'on_duty on_leave suspended left', '驾驶员状态'),
    (1, 'dispatch', 'order_number', 'text', '!', '', '派车单号'), (2, 'dispatch', 'unit_name', 'text', '!', '', '用车单位'),
    (3, 'dispatch', 'plate', 'text', '!', '', '号牌号码'), (4, 'dispatch', 'driver', 'text', '!', '', '驾驶员'),
    (5, 'dispatch', 'reason', 'text', '!', '', '事由'), (6, 'dispatch', 'departed_at', 'instant', '!', '', '出车时间'),
    (7, 'dispatch', 'returned_at', 'instant', '?', '', '收车时间'), (8, 'dispatch', 'distance_m', 'integer', '?', '', '里程'),
    (9, 'dispatch', 'state', 'code', '!', 'underway waiting returned settled', '派车单状态'),
    (1, 'maintenance', 'order_number', 'text', '!', '', '维修单号'), (2, 'maintenance', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'maintenance', 'plate', 'text', '!', '', '号牌号码'), (4, 'maintenance', 'kind', 'code', '!', 'repair upkeep accident', '维保类别'),
    (5, 'maintenance', 'what', 'text', '!', '', '维保内容'), (6, 'maintenance', 'vendor', 'text', '!', '', '维保厂家'),
    (7, 'maintenance', 'settled_at', 'instant', '!', '', '结算时间'), (8, 'maintenance', 'parts_fen', 'integer', '!', '', '材料费'),
    (9, 'maintenance', 'labour_fen', 'integer', '!', '', '工时费'), (10, 'maintenance', 'amount_fen', 'integer', '!', '', '金额'),
    (1, 'inspection', 'plate', 'text', '!', '', '号牌号码'), (2, 'inspection', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'inspection', 'done_on', 'day', '!', '', '检验日期'), (4, 'inspection', 'valid_until', 'day', '!', '', '检验有效期至'),
    (5, 'inspection', 'place', 'text', '!', '', '检验机构'), (6, 'inspection', 'amount_fen', 'integer', '?', '', '金额'),
    (1, 'energy', 'plate', 'text', '!', '', '号牌号码'), (2, 'energy', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'energy', 'occurred_on', 'day', '!', '', '发生日期'), (4, 'energy', 'head', 'code', '!', 'fuel charge', '费用科目'),
    (5, 'energy', 'amount_fen', 'integer', '!', '', '金额'), (6, 'energy', 'fuel_ml', 'integer', '?', '', '燃油量'),
    (7, 'energy', 'energy_wh', 'integer', '?', '', '用电量'), (8, 'energy', 'carbon_g', 'integer', '?', '', '碳排放量'),
    (9, 'energy', 'order_number', 'text', '?', '', '派车单号'),
    (1, 'insurance', 'plate', 'text', '!', '', '号牌号码'), (2, 'insurance', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'insurance', 'policy_number', 'text', '!', '', '保单号'), (4, 'insurance', 'kind', 'text', '!', '', '险种'),
    (5, 'insurance', 'insurer', 'text', '!', '', '保险公司'), (6, 'insurance', 'begins_on', 'day', '!', '', '起保日期'),
    (7, 'insurance', 'ends_on', 'day', '!', '', '终保日期'), (8, 'insurance', 'amount_fen', 'integer', '!', '', '金额'),
    (1, 'toll', 'plate', 'text', '!', '', '号牌号码'), (2, 'toll', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'toll', 'occurred_on', 'day', '!', '', '发生日期'), (4, 'toll', 'amount_fen', 'integer', '!', '', '金额'),
    (5, 'toll', 'order_number', 'text', '?', '', '派车单号'),
    (1, 'parking', 'plate', 'text', '!', '', '号牌号码'), (2, 'parking', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'parking', 'occurred_on', 'day', '!', '', '发生日期'), (4, 'parking', 'amount_fen', 'integer', '!', '', '金额'),
    (5, 'parking', 'order_number', 'text', '?', '', '派车单号'),
    (1, 'other_expense', 'plate', 'text', '!', '', '号牌号码'), (2, 'other_expense', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'other_expense', 'occurred_on', 'day', '!', '', '发生日期'),
    (4, 'other_expense', 'head', 'code', '!', 'other driver registration purchase_tax', '费用科目'),
    (5, 'other_expense', 'amount_fen', 'integer', '!', '', '金额'), (6, 'other_expense', 'order_number', 'text', '?', '', '派车单号'),
    (1, 'supervision', 'plate', 'text', '!', '', '号牌号码'), (2, 'supervision', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'supervision', 'kind', 'text', '!', '', '监督事项'), (4, 'supervision', 'at', 'instant', '!', '', '发生时间'),
    (5, 'supervision', 'article_head', 'integer', '!', '', '违规情形'), (6, 'supervision', 'order_number', 'text', '?', '', '派车单号'),
    (1, 'complaint', 'case_number', 'text', '!', '', '工单号'), (2, 'complaint', 'unit_name', 'text', '!', '', '被投诉单位'),
    (3, 'complaint', 'received_on', 'day', '!', '', '受理日期'), (4, 'complaint', 'plate', 'text', '?', '', '号牌号码'),
    (5, 'complaint', 'state', 'code', '!', 'open linked closed', '办理状态'), (6, 'complaint', 'outcome', 'code', '?', 'founded unfounded', '核查结论'),
    (1, 'rental_dispatch', 'order_number', 'text', '!', '', '派车单号'), (2, 'rental_dispatch', 'unit_name', 'text', '!', '', '用车单位'),
    (3, 'rental_dispatch', 'plate', 'text', '!', '', '号牌号码'), (4, 'rental_dispatch', 'supplier', 'text', '!', '', '租赁企业'),
    (5, 'rental_dispatch', 'reason', 'text', '!', '', '事由'), (6, 'rental_dispatch', 'departed_at', 'instant', '!', '', '出车时间'),
    (7, 'rental_dispatch', 'returned_at', 'instant', '?', '', '收车时间'), (8, 'rental_dispatch', 'amount_fen', 'integer', '?', '', '金额'),
    (9, 'rental_dispatch', 'state', 'code', '!', 'underway waiting returned settled', '派车单状态'),
    (1, 'violation', 'case_number', 'text', '!', '', '违章编号'), (2, 'violation', 'unit_name', 'text', '!', '', '使用单位'),
    (3, 'violation', 'plate', 'text', '!', '', '号牌号码'), (4, 'violation', 'at', 'instant', '!', '', '违章时间'),
    (5, 'violation', 'place_name', 'text', '!', '', '违章地点'), (6, 'violation', 'code', 'text', '!', '', '违法代码'),
    (7, 'violation', 'points', 'integer', '!', '', '记分'), (8, 'violation', 'amount_fen', 'integer', '!', '', '金额'),
    (9, 'violation', 'state', 'code', '!', 'open appealed handled revoked', '处理状态'),
    (1, 'disposal', 'paper_number', 'text', '!', '', '处置单号'), (2, 'disposal', 'unit_name', 'text', '!', '', '处置单位'),
    (3, 'disposal', 'plate', 'text', '!', '', '号牌号码'),
    (4, 'disposal', 'way', 'code', '!', 'auction maker_return scrap allotment', '处置方式'), (5, 'disposal', 'gone_on', 'day', '!', '', '处置日期'),
    (6, 'disposal', 'state', 'code', '!', 'executed paid closed', '处置状态')
) as field (n, interface, name, kind, need, codes, term);

-- An interface of our own carries annual reports; codes of answers stand beside those of states.
insert into exchange_word (kind, ours, theirs, term, source)
values ('interface', 'annual_report', 'annual_report', '年度统计报告直报', 'Motorpool');
alter table exchange_word
    drop constraint exchange_word_kind_check,
    add constraint exchange_word_kind_check check (kind in ('interface', 'status', 'field', 'answer'));
insert into exchange_word (kind, ours, theirs, term, source)
select 'answer', ours, theirs, term, 'Motorpool，待 DB32/T 3826-2020 状态码表'
from (values
    ('accepted', '200', '成功'), ('refused', '400', '未受理'), ('exchange.malformed', '4000', '报文不合规'),
    ('exchange.field_missing', '4001', '缺少必填字段'), ('exchange.field_type', '4002', '字段类型不符'), ('exchange.field_code', '4003', '字典代码不存在'),
    ('exchange.field_unknown', '4004', '字段不存在'), ('exchange.interface', '4005', '接口不存在'), ('exchange.status', '4006', '状态码不存在'),
    ('exchange.kind', '4007', '报文类型不存在'), ('exchange.page', '4008', '分页参数不符'), ('exchange.digest', '4010', '摘要不符'),
    ('exchange.balance', '4011', '平衡校验不符'), ('exchange.scope', '4031', '接口未开放'), ('exchange.report_line', '4032', '上报关系未登记'),
    ('exchange.paper', '4041', '单据不存在'), ('exchange.replayed', '4091', '报文重复'), ('report.move', '4092', '报告状态不符')
) as word (ours, theirs, term);

-- What another platform has told us (接收记录): the last word of each record, by its number there.
create table exchange_record (
    platform_id uuid not null references peer_platform (id),
    interface   text not null,
    key         text not null,
    content     jsonb not null,
    first_at    timestamptz not null,
    changed_at  timestamptz not null,
    primary key (platform_id, interface, key),
    constraint exchange_record_key_check check (length(key) between 1 and 64)
);

-- How much went over each interface (交换计数).
create table exchange_traffic (
    platform_id uuid not null references peer_platform (id),
    interface   text not null,
    kind        text not null,
    messages    bigint not null,
    records     bigint not null,
    last_at     timestamptz not null,
    primary key (platform_id, interface, kind),
    constraint exchange_traffic_kind_check check (kind in ('push', 'pull'))
);

-- Records as they go out, by interface: whose they are, their day, and what stands in them. A confidential trip is in none of them, and
-- nothing that a car did while it was exempt. Each interface is a branch of its own, so that the others are not looked at.
create view exchange_row as
with driven as not materialized (
    select o.id, o.number, o.unit_id, o.vehicle_id, o.driver_id, o.state, o.departed_at, o.returned_at,
           o.return_odometer_m - o.depart_odometer_m as distance_m, r.reason
    from dispatch_order o
    join trip_request r on r.id = o.request_id and not r.is_confidential
    where o.departed_at is not null and o.state in ('underway', 'waiting', 'returned', 'settled')
      and not exists (select from vehicle_exemption e where e.vehicle_no = o.vehicle_no and e.during @> o.departed_at)
), cost as not materialized (
    select c.id, c.unit_id, c.occurred_on, c.head, c.fuel_ml, c.energy_wh, c.carbon_g, jsonb_build_object(
               'plate', v.plate, 'unit_name', u.name, 'occurred_on', c.occurred_on, 'amount_fen', c.amount_fen,
               'order_number', (select d.number from driven d where d.id = c.order_id)) as said
    from vehicle_cost c
    join vehicle v on v.id = c.vehicle_id
    join unit u on u.id = c.unit_id
)
select 'unit' as interface, u.id, u.id as unit_id, null::date as on_day, jsonb_build_object(
           'unit_name', u.name, 'credit_code', u.credit_code, 'region_code', u.region_code, 'level', u.level, 'kind', u.kind, 'parent_name', p.name,
           'state', u.status) as content
from unit u
left join unit p on p.id = u.parent_id
where u.kind <> 'platform'
union all
select 'vehicle', v.id, v.unit_id, null, jsonb_build_object(
           'plate', v.plate, 'unit_name', u.name, 'vin', v.vin, 'category', v.category, 'powertrain', v.powertrain, 'model', v.model, 'seats', v.seats,
           'state', v.status, 'registered_on', g.registered_on)
from vehicle v
join unit u on u.id = v.unit_id
left join vehicle_registration g on g.vehicle_id = v.id
where not exists (select from supplier_car s where s.vehicle_id = v.id)
union all
select 'driver', d.id, d.unit_id, null, jsonb_build_object(
           'name', d.name, 'unit_name', u.name, 'licence_class', d.licence_class, 'licence_until', d.licence_until, 'state', d.status)
from driver d
join unit u on u.id = d.unit_id
union all
select 'dispatch', o.id, o.unit_id, (o.departed_at at time zone 'Asia/Shanghai')::date, jsonb_build_object(
           'order_number', o.number, 'unit_name', u.name, 'plate', v.plate, 'driver', d.name, 'reason', o.reason, 'departed_at', o.departed_at,
           'returned_at', o.returned_at, 'distance_m', o.distance_m, 'state', o.state)
from driven o
join unit u on u.id = o.unit_id
join vehicle v on v.id = o.vehicle_id
join driver d on d.id = o.driver_id
where not exists (select from supplier_car s where s.vehicle_id = o.vehicle_id)
union all
select 'rental_dispatch', o.id, o.unit_id, (o.departed_at at time zone 'Asia/Shanghai')::date, jsonb_build_object(
           'order_number', o.number, 'unit_name', u.name, 'plate', v.plate, 'supplier', p.name, 'reason', o.reason, 'departed_at', o.departed_at,
           'returned_at', o.returned_at, 'amount_fen', t.total_fen, 'state', o.state)
from driven o
join unit u on u.id = o.unit_id
join vehicle v on v.id = o.vehicle_id
join supplier_car s on s.vehicle_id = o.vehicle_id
join supplier_contract c on c.id = s.contract_id
join supplier p on p.id = c.supplier_id
left join trip_settlement t on t.order_id = o.id
union all
select 'maintenance', r.id, r.unit_id, (b.settled_at at time zone 'Asia/Shanghai')::date, jsonb_build_object(
           'order_number', r.number, 'unit_name', u.name, 'plate', v.plate, 'kind', r.kind, 'what', r.what, 'vendor', p.name, 'settled_at', b.settled_at,
           'parts_fen', b.parts_fen, 'labour_fen', b.labour_fen, 'amount_fen', b.total_fen)
from repair_order r
join repair_bill b on b.repair_id = r.id
join repair_quote q on q.id = r.quote_id
join supplier p on p.id = q.supplier_id
join unit u on u.id = r.unit_id
join vehicle v on v.id = r.vehicle_id
union all
select 'inspection', i.id, v.unit_id, i.done_on, jsonb_build_object(
           'plate', v.plate, 'unit_name', u.name, 'done_on', i.done_on, 'valid_until', i.valid_until, 'place', i.place, 'amount_fen', i.fee_fen)
from vehicle_inspection i
join vehicle v on v.id = i.vehicle_id
join unit u on u.id = v.unit_id
where i.kind = 'inspection'
union all
select 'insurance', i.id, i.unit_id, lower(i.during), jsonb_build_object(
           'plate', v.plate, 'unit_name', u.name, 'policy_number', i.number, 'kind', i.kind, 'insurer', p.name, 'begins_on', lower(i.during),
           'ends_on', upper(i.during) - 1, 'amount_fen', i.premium_fen)
from insurance_policy i
join vehicle v on v.id = i.vehicle_id
join unit u on u.id = i.unit_id
join supplier p on p.id = i.supplier_id
union all
select 'energy', c.id, c.unit_id, c.occurred_on,
       c.said || jsonb_build_object('head', c.head, 'fuel_ml', c.fuel_ml, 'energy_wh', c.energy_wh, 'carbon_g', c.carbon_g)
from cost c
where c.head in ('fuel', 'charge')
union all
select 'toll', c.id, c.unit_id, c.occurred_on, c.said from cost c where c.head = 'toll'
union all
select 'parking', c.id, c.unit_id, c.occurred_on, c.said from cost c where c.head = 'parking'
union all
select 'other_expense', c.id, c.unit_id, c.occurred_on, c.said || jsonb_build_object('head', c.head)
from cost c
where c.head in ('other', 'driver', 'registration', 'purchase_tax')
union all
select 'supervision', f.id, v.unit_id, (f.at at time zone 'Asia/Shanghai')::date, jsonb_build_object(
           'plate', v.plate, 'unit_name', u.name, 'kind', f.kind, 'at', f.at, 'article_head', f.head,
           'order_number', (select d.number from driven d where d.id = f.order_id))
from trip_finding f
join vehicle v on v.id = f.vehicle_id
join unit u on u.id = v.unit_id
where f.state = 'violation' and not exists (select from vehicle_exemption e where e.vehicle_no = v.no and e.during @> f.at)
union all
select 'complaint', c.id, c.unit_id, c.received_on, jsonb_build_object(
           'case_number', c.number, 'unit_name', u.name, 'received_on', c.received_on, 'plate', v.plate, 'state', c.state, 'outcome', c.outcome)
from public_case c
join unit u on u.id = c.unit_id
left join vehicle v on v.id = c.vehicle_id
where c.source = 'hotline_12345'
union all
select 'violation', c.id, c.unit_id, (c.at at time zone 'Asia/Shanghai')::date, jsonb_build_object(
           'case_number', c.number, 'unit_name', u.name, 'plate', v.plate, 'at', c.at, 'place_name', c.place_name, 'code', c.code, 'points', c.points,
           'amount_fen', c.fine_fen, 'state', c.state)
from violation_case c
join unit u on u.id = c.unit_id
join vehicle v on v.id = c.vehicle_id
union all
select 'disposal', d.id, d.unit_id, (d.facts -> 'sale' ->> 'on')::date, jsonb_build_object(
           'paper_number', d.number, 'unit_name', u.name, 'plate', v.plate, 'way', d.facts -> 'disposal' ->> 'way',
           'gone_on', (d.facts -> 'sale' ->> 'on')::date, 'state', d.state)
from lifecycle_paper d
join unit u on u.id = d.unit_id
join vehicle v on v.id = d.vehicle_id
where d.paper = 'disposal' and d.state in ('executed', 'paid', 'closed') and d.facts -> 'sale' ->> 'on' is not null;

-- Seen with the platform, or with the report.
alter table peer_reach enable row level security;
create policy peer_reach_scope on peer_reach to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from peer_platform p where p.id = peer_reach.platform_id));
alter table report_way enable row level security;
create policy report_way_scope on report_way to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from annual_report r where r.id = report_way.report_id));
drop policy peer_message_scope on peer_message;
create policy peer_message_scope on peer_message to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from hand_over h where h.id = peer_message.hand_over_id)
    or exists (select from report_way w where w.id = peer_message.report_way_id));
alter table exchange_record enable row level security;
create policy exchange_record_scope on exchange_record to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from peer_platform p where p.id = exchange_record.platform_id));
alter table exchange_traffic enable row level security;
create policy exchange_traffic_scope on exchange_traffic to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from peer_platform p where p.id = exchange_traffic.platform_id));
grant select, insert, update on peer_reach to motorpool_web;
grant select, insert, update (state, receipt, reason, told, heard, changed_at) on report_way to motorpool_web;
grant select on exchange_field, exchange_record, exchange_traffic to motorpool_web;
