/** Speed over the day with trips and stops on one time axis; the slider over it is the scrubber. */

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Stop, Track, Trip } from '../api/types';
import { useTheme } from '../app/theme';
import { useText } from '../i18n';
import { GAP_MS, isGap } from '../map/track';
import { palette, speedColour } from '../map/palette';
import { clock, duration, hourMinute, number, placeName } from '../ui/format';
import { letGo } from './let-go';
import { momentAt, speedBars } from './player';

interface SpeedChartProps {
  track: Track;
  stops: Stop[];
  trips: Trip[];
  at: number;
  onSeek: (at: number) => void;
}

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360];

export function SpeedChart({ track, stops, trips, at, onSeek }: SpeedChartProps) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [hover, setHover] = useState<number | null>(null);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(120, Math.floor(entry!.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const from = track.t[0]!;
  const to = Math.max(from + 1000, track.t[track.count - 1]!);
  const x = (instant: number) => ((Math.min(to, Math.max(from, instant)) - from) / (to - from)) * width;
  const moment = momentAt(track, at);
  const hovered = hover === null ? null : momentAt(track, hover);

  return (
    <div className="chart" ref={box}>
      <Speeds track={track} from={from} to={to} width={width} />
      <svg className="chart-times" width={width} height={18} aria-hidden="true">
        {ticks(from, to, width).map((tick) => (
          <text key={tick} x={Math.min(width - 16, Math.max(16, x(tick)))} y={13} textAnchor="middle">
            {hourMinute(tick)}
          </text>
        ))}
      </svg>
      <div className="chart-lane" role="group" aria-label={t('playback.timeline')}>
        {trips.map((trip) => {
          const start = x(Date.parse(trip.started_at));
          const end = x(trip.ended_at ? Date.parse(trip.ended_at) : to);
          return <span key={trip.id} className="lane-trip" style={{ left: start, width: Math.max(2, end - start) }} />;
        })}
        {stops.map((stop) => {
          const start = x(Date.parse(stop.from));
          const end = x(stop.to ? Date.parse(stop.to) : to);
          const text = t('playback.stop_at', { place: placeName(stop), time: hourMinute(stop.from), length: duration(stop.seconds) });
          return (
            <button
              key={stop.id}
              type="button"
              className="lane-stop"
              tabIndex={-1}
              aria-label={text}
              title={text}
              style={{ left: Math.max(0, Math.min(width - 24, (start + end) / 2 - Math.max(24, end - start) / 2)), width: Math.max(24, end - start) }}
              onClick={letGo(() => onSeek(Date.parse(stop.from)))}
            >
              <span className="lane-stop-mark" style={{ width: Math.max(4, end - start) }} />
            </button>
          );
        })}
      </div>
      <span className="chart-now" style={{ transform: `translateX(${x(at)}px)` }} />
      {hover !== null && hovered && (
        <span className="chart-hover num" style={{ left: Math.min(width - 120, Math.max(0, x(hover) - 60)) }}>
          {clock(hover)} · {hovered.inGap ? t('playback.gap') : t('unit.kmh', { n: number(hovered.speedKmh) })}
        </span>
      )}
      <input
        type="range"
        className="chart-slider"
        min={from}
        max={to}
        step={1000}
        value={at}
        aria-label={t('playback.position')}
        aria-valuetext={`${clock(at)}, ${moment.inGap ? t('playback.gap') : t('unit.kmh', { n: number(moment.speedKmh) })}`}
        onChange={(event) => onSeek(Number(event.target.value))}
        onPointerMove={(event) => {
          const area = event.currentTarget.getBoundingClientRect();
          setHover(from + ((event.clientX - area.left) / area.width) * (to - from));
        }}
        onPointerLeave={() => setHover(null)}
      />
    </div>
  );
}

const HEIGHT = 74;

/** A receiver that leaps says hundreds: the axis ends where all but two in a hundred bars do, and taller ones are cut and marked. */
function axisTop(speeds: number[]): number {
  const sorted = [...speeds].sort((a, b) => a - b);
  return Math.max(60, Math.ceil((sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 0) / 20) * 20);
}

function Speeds({ track, from, to, width }: { track: Track; from: number; to: number; width: number }) {
  const t = useText();
  const theme = useTheme();
  const columns = Math.max(30, Math.floor(width / 3));
  const bars = useMemo(() => speedBars(track, from, to, columns), [track, from, to, columns]);
  const gaps = useMemo(() => {
    const found: [number, number][] = [];
    for (let index = 0; index < track.count - 1; index++) {
      if (isGap(track, index) && track.t[index + 1]! - track.t[index]! > GAP_MS) found.push([track.t[index]!, track.t[index + 1]!]);
    }
    return found;
  }, [track]);
  const top = axisTop(bars.map((bar) => bar.max));
  const colours = palette(theme).speeds;
  const x = (instant: number) => ((instant - from) / (to - from)) * width;
  return (
    <svg className="chart-speeds" width={width} height={HEIGHT} role="img" aria-label={t('playback.chart', { max: number(top) })}>
      {gaps.map(([start, end]) => (
        <g key={start}>
          <rect className="chart-gap" x={x(start)} width={Math.max(1, x(end) - x(start))} y={0} height={HEIGHT} />
          {x(end) - x(start) > 84 && (
            <text className="chart-gap-text" x={(x(start) + x(end)) / 2} y={HEIGHT / 2 + 4} textAnchor="middle">
              {t('playback.gap_of', { length: duration((end - start) / 1000) })}
            </text>
          )}
        </g>
      ))}
      {[0.5, 1].map((part) => (
        <line key={part} className="chart-grid" x1={0} x2={width} y1={HEIGHT - part * (HEIGHT - 12)} y2={HEIGHT - part * (HEIGHT - 12)} />
      ))}
      {bars.map((bar) => {
        const height = Math.max(1, Math.min(1, bar.max / top) * (HEIGHT - 12));
        const cut = bar.max > top;
        return (
          <g key={bar.from}>
            {cut && <path className="chart-cut" d={`M${(x(bar.from) + x(bar.to)) / 2 - 4} 8l4 -6 4 6Z`} />}
            <rect x={x(bar.from)} width={Math.max(0.6, x(bar.to) - x(bar.from) - 0.6)} y={HEIGHT - height} height={height} fill={speedColour(bar.max, colours)} />
          </g>
        );
      })}
      {[0.5, 1].map((part) => (
        <text key={part} className="chart-axis" x={2} y={HEIGHT - part * (HEIGHT - 12) + 4}>
          {top * part}
        </text>
      ))}
    </svg>
  );
}

/** Round times of day, no closer than they can be read. */
function ticks(from: number, to: number, width: number): number[] {
  const room = Math.max(2, Math.floor(width / 76));
  const step = (STEPS_MIN.find((minutes) => (to - from) / (minutes * 60_000) <= room) ?? 360) * 60_000;
  // Beijing is eight hours ahead all year.
  const offset = 8 * 3_600_000;
  const found: number[] = [];
  for (let tick = Math.ceil((from + offset) / step) * step - offset; tick <= to; tick += step) found.push(tick);
  return found;
}
