// Live frames as the service would write them, for the mock alone.
export function snapshotFrame(seq, time, cars) {
  const out = Buffer.alloc(24 + cars.length * 20);
  header(out, 1, seq, time, cars.length);
  cars.forEach((car, index) => {
    const at = 24 + index * 20;
    out.writeUInt32LE(car.no, at);
    out.writeInt32LE(car.x, at + 4);
    out.writeInt32LE(car.y, at + 8);
    out.set([car.heading, car.speed, car.status, car.flags], at + 12);
    out.writeUInt32LE(car.fixedAt, at + 16);
  });
  return out;
}

export function deltaFrame(seq, time, cars, said) {
  const bytes = [];
  let previous = 0;
  for (const car of [...cars].sort((a, b) => a.no - b.no)) {
    const [x, y] = said.get(car.no) ?? [0, 0];
    const now = [car.x >> 3, car.y >> 3];
    said.set(car.no, now);
    varint(bytes, car.no - previous);
    zigzag(bytes, now[0] - x);
    zigzag(bytes, now[1] - y);
    bytes.push(car.heading, car.speed, car.status, car.flags);
    varint(bytes, Math.max(0, Math.floor(time / 1000) - car.fixedAt));
    previous = car.no;
  }
  const head = Buffer.alloc(24);
  header(head, 2, seq, time, cars.length);
  return Buffer.concat([head, Buffer.from(bytes)]);
}

export function noteFrame(time, json) {
  const words = Buffer.from(json);
  const head = Buffer.alloc(24);
  header(head, 3, 0, time, words.length);
  return Buffer.concat([head, words]);
}

function header(out, kind, seq, time, count) {
  out.writeUInt16LE(0x504d, 0);
  out[2] = 1;
  out[3] = kind;
  out.writeBigUInt64LE(BigInt(seq), 4);
  out.writeBigUInt64LE(BigInt(time), 12);
  out.writeUInt32LE(count, 20);
}

function varint(bytes, value) {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function zigzag(bytes, value) {
  varint(bytes, value >= 0 ? value * 2 : -value * 2 - 1);
}
