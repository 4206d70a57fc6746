// Invented cars for the mock: they go to and fro along the schematic roads, if those are there.
import { existsSync, readFileSync } from 'node:fs';

const ROADS = new URL('../../../telematics/data/hangzhou-roads.geojson', import.meta.url);
const COUNT = Number(process.env.MOCK_VEHICLES ?? 300);
let seed = 7;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const lines = existsSync(ROADS)
  ? JSON.parse(readFileSync(ROADS)).features.filter((feature) => feature.geometry.type === 'LineString').map((feature) => feature.geometry.coordinates)
  : [[[120.1, 30.2], [120.25, 30.3]]];
const UNITS = ['杭州市机关事务管理局', '杭州市公安局', '杭州市生态环境局', '西湖区人民政府办公室', '上城区综合行政执法局', '滨江区机关事务服务中心', '余杭区应急管理局', '萧山区交通运输局', '杭州市中级人民法院', '钱塘区管理委员会'];
const MODELS = ['红旗 H5', '比亚迪 汉 EV', '大众 帕萨特', '别克 GL8', '吉利 几何 A', '丰田 考斯特'];
const POWER = ['petrol', 'electric', 'petrol', 'petrol', 'electric', 'diesel'];

export const fleet = Array.from({ length: COUNT }, (_, index) => {
  const line = lines[Math.floor(random() * lines.length)];
  const kind = Math.floor(random() * 6);
  const roll = random();
  const electric = POWER[kind] === 'electric';
  const car = {
    id: `0192f000-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
    no: index + 1,
    plate: electric ? `浙AD${String(10000 + ((index * 7919) % 89999))}` : `浙A${String.fromCharCode(65 + (index % 8))}${String(1000 + ((index * 7919) % 8999))}`,
    alias: index % 9 === 0 ? `机要 ${1 + (index % 6)} 号` : null,
    unit: index % UNITS.length,
    unit_id: `u${index % UNITS.length}`,
    unit_name: UNITS[index % UNITS.length],
    kind,
    line,
    along: random() * lengthOf(line),
    direction: random() < 0.5 ? 1 : -1,
    status: roll < 0.55 ? 0 : roll < 0.82 ? 1 : roll < 0.95 ? 2 : 3,
    pace: 8 + random() * 12,
    fixedAt: Math.floor(Date.now() / 1000) - (roll < 0.95 && roll >= 0.82 ? 4000 + Math.floor(random() * 90000) : Math.floor(random() * 20)),
    flags: index === COUNT - 1 ? 0 : 12,
    every: 1 + (index % 5),
  };
  place(car);
  return car;
});

function metres(a, b) {
  const x = (b[0] - a[0]) * 96_200;
  const y = (b[1] - a[1]) * 111_300;
  return Math.hypot(x, y);
}
function lengthOf(line) {
  return line.slice(1).reduce((sum, point, index) => sum + metres(line[index], point), 0);
}

function at(line, along) {
  let left = along;
  for (let index = 1; index < line.length; index++) {
    const length = metres(line[index - 1], line[index]);
    if (left <= length || index === line.length - 1) {
      const part = length > 0 ? Math.min(1, left / length) : 0;
      const [a, b] = [line[index - 1], line[index]];
      return { lon: a[0] + (b[0] - a[0]) * part, lat: a[1] + (b[1] - a[1]) * part, bearing: (Math.atan2((b[0] - a[0]) * 0.864, b[1] - a[1]) * 180) / Math.PI };
    }
    left -= length;
  }
  return { lon: line[0][0], lat: line[0][1], bearing: 0 };
}

function place(car) {
  const here = at(car.line, car.along);
  car.lon = here.lon;
  car.lat = here.lat;
  const bearing = (here.bearing + (car.direction < 0 ? 180 : 0) + 360) % 360;
  car.heading = Math.round((bearing * 256) / 360) % 256;
  car.speed = car.status === 0 ? Math.round(car.pace * 3.6) : 0;
  const sin = Math.sin((here.lat * Math.PI) / 180);
  car.x = Math.round(((here.lon + 180) / 360) * 2 ** 31);
  car.y = Math.round((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** 31);
}

let tick = 0;
export function step(now) {
  tick++;
  const moved = [];
  for (const car of fleet) {
    if (car.status === 2 || car.flags === 0 || tick % car.every !== 0) continue;
    car.fixedAt = Math.floor(now / 1000);
    if (car.status === 0) {
      car.along += car.direction * car.pace * car.every;
      const length = lengthOf(car.line);
      if (car.along < 0 || car.along > length) {
        car.direction = -car.direction;
        car.along = Math.min(length, Math.max(0, car.along));
      }
      place(car);
    }
    moved.push(car);
  }
  return moved;
}

export function summary(car) {
  const electric = POWER[car.kind] === 'electric';
  const known = car.flags !== 0;
  return {
    id: car.id, no: car.no, plate: car.plate, alias: car.alias, unit_id: car.unit_id, unit_name: car.unit_name,
    category: ['confidential_courier', 'emergency_support', 'law_enforcement', 'other'][car.no % 4], powertrain: POWER[car.kind], model: MODELS[car.kind], seats: car.kind === 3 ? 7 : 5, asset_status: 'in_service', exempt: false,
    live: known
      ? {
          status: ['running', 'still', 'offline', 'faulty'][car.status], motion: car.status === 0 ? 'moving' : 'parked', online: car.status !== 2,
          fixed_at: new Date(car.fixedAt * 1000).toISOString(), received_at: new Date(car.fixedAt * 1000 + 400).toISOString(),
          lon: car.lon, lat: car.lat, speed_kmh: car.speed, heading_deg: (car.heading * 360) / 256, odometer_km: 48_210.4 + car.no * 13.7,
          soc_pct: electric ? 63 : null, fuel_pct: electric ? null : 41, fuel_l: electric ? null : 26.5, voltage_v: 13.8, ignition: car.status === 0, charging: electric && car.status === 1,
          trouble_codes: car.status === 3 ? ['P0420', 'P0171'] : [],
        }
      : null,
  };
}

const DAY = 86_400_000;
const beijingDay = (at) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);

export function days(car) {
  const today = Date.now();
  const recent = [1, 2, 3, 5, 6, 8, 12, 40].map((back) => ({ day: beijingDay(today - back * DAY), fixes: 2100, distance_km: 20 + ((back * 13) % 60), trips: 3 }));
  return car.no === 1 ? [...recent, { day: '2008-10-28', fixes: 2100, distance_km: 31.2, trips: 3 }] : recent;
}

/** Three drives with stops between and half an hour without a signal. */
export function track(car, from, to) {
  const columns = { t: [], lon: [], lat: [], speed_kmh: [], heading_deg: [], odometer_km: [], soc_pct: [], fuel_pct: [], ignition: [] };
  if (days(car).some((day) => day.day === beijingDay(from))) {
    let odometer = 48_000;
    for (const [hour, minutes, line] of [[8.2, 34, 3], [10.5, 52, 20], [15.1, 40, 41]]) {
      const road = lines[line % lines.length];
      const length = lengthOf(road);
      for (let second = 0; second < minutes * 60; second += 3) {
        if (hour === 10.5 && second > 1200 && second < 2100) continue;
        const wave = Math.max(0, Math.sin(second / 90) * 0.6 + Math.sin(second / 31) * 0.3 + 0.45);
        const speed = second % 400 < 40 ? 0 : 72 * wave;
        odometer += (speed / 3600) * 3;
        const swing = ((second * 9) % (2 * length)) / length;
        const here = at(road, (swing > 1 ? 2 - swing : swing) * length);
        const values = [from + hour * 3_600_000 + second * 1000, here.lon, here.lat, speed, (here.bearing + (swing > 1 ? 180 : 0) + 360) % 360, odometer, null, 60 - second / 600, true];
        Object.keys(columns).forEach((name, index) => columns[name].push(values[index]));
      }
    }
  }
  return { crs: 'WGS-84', from: new Date(from).toISOString(), to: new Date(to).toISOString(), count: columns.t.length, ...columns };
}

export function tripsAndStops(car, from) {
  const iso = (hour) => new Date(from + hour * 3_600_000).toISOString();
  const spot = (line, part) => {
    const here = at(lines[line % lines.length], lengthOf(lines[line % lines.length]) * part);
    return { lon: here.lon, lat: here.lat };
  };
  const trip = (index, start, end, km) => ({ id: `t${index}`, started_at: iso(start), ended_at: iso(end), distance_km: km, max_speed_kmh: 97, from: spot(3, 0), to: spot(20, 0.5), stops: 1 });
  const stop = (index, start, end, place, line, part) => ({ id: `s${index}`, from: iso(start), to: iso(end), seconds: (end - start) * 3600, place, ...spot(line, part) });
  return {
    trips: [trip(1, 8.2, 8.77, 14.2), trip(2, 10.5, 11.37, 22.8), trip(3, 15.1, 15.77, 17.4)],
    stops: [stop(1, 8.4, 8.48, '杭州市生态环境局', 3, 0.4), stop(2, 8.77, 10.5, '西湖区人民政府办公室', 3, 1), stop(3, 11.37, 15.1, '杭州市机关事务管理局', 20, 0.3), stop(4, 15.3, 15.33, null, 41, 0.6)],
  };
}
