/** The line of a car's life (全生命周期时间轴): papers and the workshop as signs, trips and costs as bars; each sign and bar opens its list. */

import { useLayoutEffect, useRef, useState } from 'react';
import { useText } from '../i18n';
import { number } from '../ui/format';
import { bars, dayOf, groups, type Group, LANES, type Lane, type LifeLine, type LifeMark, nextMonth, scale, spanOf, years, yuanText } from './line';

const LEFT = 64;
const RIGHT = 12;
/** Narrower than this it is scrolled. */
const LEAST = 680;
const TOP: Record<Lane, number> = { papers: 8, running: 62, trips: 116, cost: 182 };
const HIGH: Record<Lane, number> = { papers: 46, running: 46, trips: 58, cost: 58 };
const FOOT = 248;

interface ChartProps {
  life: LifeLine;
  onChoose: (title: string, marks: readonly LifeMark[]) => void;
}

export function LifeChart({ life, onChoose }: ChartProps) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(LEAST);
  useLayoutEffect(() => {
    const measured = new ResizeObserver(([entry]) => setWidth(Math.max(LEAST, Math.floor(entry!.contentRect.width))));
    measured.observe(box.current!);
    return () => measured.disconnect();
  }, []);
  const [now] = useState(() => Date.now());
  const span = spanOf(life, now);
  const x = scale(span, LEFT, width - RIGHT);
  const months = life.months.map((month) => ({ from: Date.parse(month.month), to: nextMonth(month.month), value: month.distance_km, month }));
  const costs = life.years.map((year) => ({ from: Date.UTC(year.year, 0, 1), to: Date.UTC(year.year + 1, 0, 1), value: year.running_fen, year }));
  return (
    <div ref={box} className="whole-scroll" tabIndex={0} role="group" aria-label={t('whole.line')}>
      <svg className="whole-line" viewBox={`0 0 ${width} ${FOOT + 22}`} width={width} height={FOOT + 22}>
        {years(span, width - LEFT).map((year) => (
          <g key={year} className="whole-year">
            <line x1={x(Date.UTC(year, 0, 1))} x2={x(Date.UTC(year, 0, 1))} y1={4} y2={FOOT} />
            {x(Date.UTC(year, 0, 1)) < width - 32 && (
              <text x={x(Date.UTC(year, 0, 1)) + 3} y={FOOT + 14}>
                {year}
              </text>
            )}
          </g>
        ))}
        {LANES.map((lane) => (
          <g key={lane} className="whole-lane">
            <line x1={0} x2={width} y1={TOP[lane] + HIGH[lane] + 4} y2={TOP[lane] + HIGH[lane] + 4} />
            <text x={2} y={TOP[lane] + HIGH[lane] / 2 + 4}>
              {t(`whole.lane_${lane}`)}
            </text>
          </g>
        ))}
        {(['papers', 'running'] as const).map((lane) => (
          <Signs key={lane} lane={lane} found={groups(life.marks.filter((mark) => mark.lane === lane), x)} onChoose={onChoose} />
        ))}
        {bars(months, x).map((bar, at) => {
          const { month } = months[at]!;
          const title = t('whole.month', { month: month.month.slice(0, 7), trips: month.trips, km: number(month.distance_km) });
          return <BarOf key={month.month} lane="trips" bar={bar} title={title} />;
        })}
        {bars(costs, x).map((bar, at) => {
          const { year } = costs[at]!;
          const title = t('whole.cost', { year: year.year, running: yuanText(year.running_fen), total: yuanText(year.total_fen) });
          return <BarOf key={year.year} lane="cost" bar={bar} title={title} label={bar.width > 54 && bar.share > 0 ? yuanText(Math.round(year.running_fen / 100) * 100) : ''} />;
        })}
        <line className="whole-now" x1={x(now)} x2={x(now)} y1={4} y2={FOOT} />
      </svg>
      {life.months.length === 0 && !life.is_exempt && <p className="muted whole-none">{t('whole.no_trips')}</p>}
    </div>
  );
}

/** Signs of a lane: one of one mark, or a number of several. */
function Signs({ lane, found, onChoose }: { lane: 'papers' | 'running'; found: Group[]; onChoose: ChartProps['onChoose'] }) {
  const t = useText();
  const y = TOP[lane] + HIGH[lane] / 2;
  return found.map((group) => {
    const [first] = group.marks;
    const kinds = [...new Set(group.marks.map((mark) => t(`whole.mark_${mark.kind}`)))].join(t('whole.and'));
    const title = `${dayOf(first!.at)} ${kinds}`;
    const open = () => onChoose(title, group.marks);
    const isBad = group.marks.some((mark) => mark.kind === 'finding' || mark.kind === 'disposal');
    return (
      <g
        key={`${group.x}-${first!.kind}`}
        className={isBad ? 'whole-sign whole-sign-bad' : 'whole-sign'}
        role="button"
        tabIndex={0}
        aria-label={group.marks.length === 1 ? title : t('whole.several', { title, count: group.marks.length })}
        onClick={open}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          open();
        }}
      >
        <title>{title}</title>
        <circle cx={group.x} cy={y} r={group.marks.length > 1 ? 9 : 6} />
        {group.marks.length > 1 && (
          <text x={group.x} y={y + 4}>
            {group.marks.length}
          </text>
        )}
      </g>
    );
  });
}

function BarOf({ lane, bar, title, label = '' }: { lane: 'trips' | 'cost'; bar: { x: number; width: number; share: number }; title: string; label?: string }) {
  const high = Math.max(bar.share > 0 ? 2 : 0, bar.share * (HIGH[lane] - 12));
  const y = TOP[lane] + HIGH[lane] - high + 4;
  return (
    <g className={`whole-bar whole-bar-${lane}`} role="img" aria-label={title}>
      <title>{title}</title>
      <rect x={bar.x} width={bar.width} y={y} height={high} />
      {label && (
        <text x={bar.x + bar.width / 2} y={y - 3}>
          {label}
        </text>
      )}
    </g>
  );
}
