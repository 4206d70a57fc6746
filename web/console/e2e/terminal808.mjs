// A terminal of JT/T 808-2013 in as few lines as will do: registers, signs in, reports, and answers what it is asked.
import net from 'node:net';

const GBK = new TextDecoder('gbk');
/** The letters that a test's plate needs, in GBK. */
const LETTERS = new Map([['浙', [0xd5, 0xe3]], ['京', [0xbe, 0xa9]]]);

export class Terminal {
  constructor(number, plate) {
    this.number = number.padStart(12, '0');
    this.plate = plate;
    this.serial = 0;
    this.parameters = new Map();
    this.waiting = [];
    this.heard = [];
    this.buffer = Buffer.alloc(0);
  }

  connect(host, port) {
    return new Promise((done, failed) => {
      this.socket = net.connect(port, host, done);
      this.socket.on('error', failed);
      this.socket.on('data', (data) => this.take(data));
    });
  }

  close() {
    this.socket.end();
  }

  take(data) {
    this.buffer = Buffer.concat([this.buffer, data]);
    for (;;) {
      const from = this.buffer.indexOf(0x7e);
      const to = this.buffer.indexOf(0x7e, from + 1);
      if (from < 0 || to < 0) return;
      const run = this.buffer.subarray(from + 1, to);
      this.buffer = this.buffer.subarray(to + 1);
      const plain = [];
      for (let at = 0; at < run.length; at++) plain.push(run[at] === 0x7d ? (run[++at] === 1 ? 0x7d : 0x7e) : run[at]);
      const bytes = Buffer.from(plain);
      this.hear({ id: bytes.readUInt16BE(0), serial: bytes.readUInt16BE(10), body: bytes.subarray(12, -1) });
    }
  }

  hear(message) {
    const { id, serial, body } = message;
    if (id === 0x8300) this.answer(message);
    if (id === 0x8201) this.send(0x0201, Buffer.concat([u16(serial), this.location(30.2502, 120.1302)]));
    if (id === 0x8103) {
      for (let at = 1; at < body.length; at += 5 + body[at + 4]) this.parameters.set(body.readUInt32BE(at), Number(BigInt(`0x${body.subarray(at + 5, at + 5 + body[at + 4]).toString('hex')}`)));
      this.answer(message);
    }
    if (id === 0x8107) this.send(0x0107, Buffer.concat([u16(1), text('MAKER', 5), text('BD-808', 20), text('0000001', 7), Buffer.from('89860012345678901234', 'hex'), Buffer.from([3]), text('1.0', 3), Buffer.from([5]), text('2.3.1', 5), Buffer.from([3, 1])]));
    this.heard.push(message);
    this.waiting = this.waiting.filter(({ wanted, done }) => {
      if (wanted !== id) return true;
      this.heard.splice(this.heard.indexOf(message), 1);
      done(body);
      return false;
    });
  }

  /** The body of the next message of that kind, or of one that came already. */
  expect(wanted) {
    const at = this.heard.findIndex((message) => message.id === wanted);
    if (at >= 0) return Promise.resolve(this.heard.splice(at, 1)[0].body);
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`the platform did not send 0x${wanted.toString(16)}`)), 30_000);
      this.waiting.push({
        wanted,
        done: (body) => {
          clearTimeout(timer);
          done(body);
        },
      });
    });
  }

  send(id, body) {
    const head = Buffer.concat([u16(id), u16(body.length), Buffer.from(this.number, 'hex'), u16(this.serial++)]);
    const whole = Buffer.concat([head, body]);
    const sum = whole.reduce((all, byte) => all ^ byte, 0);
    const escaped = [...whole, sum].flatMap((byte) => (byte === 0x7e ? [0x7d, 2] : byte === 0x7d ? [0x7d, 1] : [byte]));
    this.socket.write(Buffer.from([0x7e, ...escaped, 0x7e]));
  }

  answer({ id, serial }) {
    this.send(0x0001, Buffer.concat([u16(serial), u16(id), Buffer.from([0])]));
  }

  async register() {
    const plate = Buffer.from([...this.plate].flatMap((letter) => LETTERS.get(letter) ?? [letter.charCodeAt(0)]));
    this.send(0x0100, Buffer.concat([u16(33), u16(100), text('MAKER', 5), text('BD-808', 20), text('0000001', 7), Buffer.from([1]), plate]));
    const body = await this.expect(0x8100);
    if (body[2] !== 0) throw new Error(`the registration was answered ${body[2]}`);
    this.code = body.subarray(3);
  }

  async authenticate() {
    this.send(0x0102, this.code);
    const body = await this.expect(0x8001);
    if (body[4] !== 0) throw new Error(`the code was answered ${body[4]}`);
  }

  /** `alarms` are the bits of its alarm word: 1 is the emergency button. */
  async report(lat, lon, alarms = 0) {
    this.send(0x0200, this.location(lat, lon, alarms));
    const body = await this.expect(0x8001);
    if (body[4] !== 0) throw new Error(`the position was answered ${body[4]}`);
  }

  /** A frame whose checksum is wrong. */
  broken() {
    this.socket.write(Buffer.from(`7e00020000${this.number}00ff007e`, 'hex'));
  }

  location(lat, lon, alarms = 0) {
    const body = Buffer.alloc(28);
    body.writeUInt32BE(alarms, 0);
    body.writeUInt32BE(3, 4);
    body.writeUInt32BE(Math.round(lat * 1e6), 8);
    body.writeUInt32BE(Math.round(lon * 1e6), 12);
    body.writeUInt16BE(20, 16);
    body.writeUInt16BE(360, 18);
    body.writeUInt16BE(90, 20);
    const beijing = new Date(Date.now() + 8 * 3600_000).toISOString();
    Buffer.from(beijing.slice(2, 19).replace(/\D/g, ''), 'hex').copy(body, 22);
    return Buffer.concat([body, Buffer.from([0x01, 4, 0, 0, 0x30, 0x39, 0x31, 1, 11])]);
  }

  gbk(body) {
    return GBK.decode(body.subarray(1));
  }
}

function u16(value) {
  return Buffer.from([value >> 8, value & 0xff]);
}

function text(value, length) {
  const bytes = Buffer.alloc(length);
  bytes.write(value, 'latin1');
  return bytes;
}
