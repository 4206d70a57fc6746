/** The calendar of a year (日历): holidays and swap-workdays marked by word and colour, walked through by the arrow keys. */

import { useRef, useState } from 'react';
import { language, useText } from '../i18n';
import { dayName, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { type CalendarDay, useCalendar } from './api';

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

export function YearCalendar({ unit, onPropose }: { unit: string; onPropose: (() => void) | null }) {
  const t = useText();
  const [year, setYear] = useState(() => new Date(Date.now() + 8 * 3_600_000).getUTCFullYear());
  const calendar = useCalendar(year, unit);
  const [at, setAt] = useState('');
  const grid = useRef<HTMLDivElement>(null);
  const days = calendar.data?.days ?? [];
  const here = days.find((day) => day.day === at) ?? days[0];
  const walk = (event: React.KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || !here) return;
    const next = days[days.indexOf(here) + step];
    if (!next) return;
    event.preventDefault();
    setAt(next.day);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"]`)?.focus();
  };
  const count = (kind: CalendarDay['kind']) => days.filter((day) => day.kind === kind).length;
  return (
    <section className="year" aria-label={t('rules.tab_calendar')}>
      <header className="year-head">
        <div className="year-turn">
          <Button look="quiet" icon="left" aria-label={t('rules.year_before')} onPress={() => setYear(year - 1)} />
          <h2 className="num">{year}</h2>
          <Button look="quiet" icon="right" aria-label={t('rules.year_after')} onPress={() => setYear(year + 1)} />
        </div>
        {calendar.data && (
          <ul className="year-legend">
            <li data-kind="holiday">
              <i aria-hidden="true">{t('rules.mark.holiday')}</i> {t('rules.day.holiday')} <span className="num">{number(count('holiday'))}</span>
            </li>
            <li data-kind="swap_workday">
              <i aria-hidden="true">{t('rules.mark.swap_workday')}</i> {t('rules.day.swap_workday')} <span className="num">{number(count('swap_workday'))}</span>
            </li>
            <li>
              {t('rules.workdays')} <span className="num">{number(calendar.data.workdays)}</span>
            </li>
          </ul>
        )}
        {onPropose && <Button onPress={onPropose}>{t('rules.import_notice')}</Button>}
      </header>
      {calendar.isPending ? (
        <Skeleton rows={8} />
      ) : calendar.isError ? (
        <Failed error={calendar.error} retry={() => void calendar.refetch()} />
      ) : (
        <>
          <p className="year-line" aria-live="polite">
            {here && at ? (
              <>
                <strong className="num">{dayName(here.day)}</strong> {t(`rules.day.${here.kind}`)} {here.name}
              </>
            ) : (
              calendar.data.sources.join(' · ')
            )}
          </p>
          {!calendar.data.is_known && <p className="notice">{t('rules.year_unknown', { year })}</p>}
          <div className="months" ref={grid} onKeyDown={walk}>
            {Array.from({ length: 12 }, (_, month) => (
              <Month key={month} year={year} month={month} days={days.filter((day) => Number(day.day.slice(5, 7)) === month + 1)} here={here?.day ?? ''} onChoose={setAt} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

interface MonthProps {
  year: number;
  month: number;
  days: CalendarDay[];
  here: string;
  onChoose: (day: string) => void;
}

function Month({ year, month, days, here, onChoose }: MonthProps) {
  const t = useText();
  const tag = language() === 'en' ? 'en-GB' : 'zh-CN';
  const name = new Date(Date.UTC(year, month, 1)).toLocaleDateString(tag, { month: 'long', timeZone: 'UTC' });
  const weekday = (index: number, style: 'narrow' | 'long') => new Date(Date.UTC(2024, 0, 1 + index)).toLocaleDateString(tag, { weekday: style, timeZone: 'UTC' });
  // Weeks begin on Monday.
  const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const cells: (CalendarDay | null)[] = [...Array<null>(before).fill(null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => cells.slice(week * 7, week * 7 + 7));
  return (
    <table className="month">
      <caption>{name}</caption>
      <thead>
        <tr>
          {Array.from({ length: 7 }, (_, index) => (
            <th key={index} scope="col" abbr={weekday(index, 'long')}>
              {weekday(index, 'narrow')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, index) => (
          <tr key={index}>
            {week.map((day, at) => (
              <td key={at} data-kind={day?.kind}>
                {day && (
                  <button
                    type="button"
                    data-day={day.day}
                    tabIndex={day.day === here ? 0 : -1}
                    aria-label={`${dayName(day.day)} ${t(`rules.day.${day.kind}`)}${day.name ? ` ${day.name}` : ''}`}
                    title={day.name ?? undefined}
                    onClick={() => onChoose(day.day)}
                  >
                    <span className="num">{Number(day.day.slice(8))}</span>
                    {(day.kind === 'holiday' || day.kind === 'swap_workday') && <i aria-hidden="true">{t(`rules.mark.${day.kind}`)}</i>}
                  </button>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
