/** Picks a day (选择日期) and knows which days have a track: the others cannot be chosen. */

import { useMemo, useState } from 'react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { Day } from '../api/types';
import { useText } from '../i18n';
import { dayName, number } from '../ui/format';
import { Button } from '../ui/kit';

interface DayPickerProps {
  days: Day[];
  day: string | null;
  onPick: (day: string) => void;
}

export function DayPicker({ days, day, onPick }: DayPickerProps) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  const sorted = useMemo(() => days.map((item) => item.day).sort(), [days]);
  const at = day ? sorted.indexOf(day) : -1;
  const before = at > 0 ? sorted[at - 1] : at < 0 && day ? sorted.findLast((other) => other < day) : undefined;
  const after = at >= 0 ? sorted[at + 1] : day ? sorted.find((other) => other > day) : undefined;
  return (
    <div className="day-picker">
      <Button look="quiet" icon="left" aria-label={t('playback.day_before')} isDisabled={!before} onPress={() => before && onPick(before)} />
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <Button aria-label={t('playback.pick_day', { day: day ? dayName(day) : '' })}>
          <span className="num">{day ? dayName(day) : t('playback.no_day')}</span>
        </Button>
        <Popover className="popover" placement="top start">
          <Dialog className="month" aria-label={t('playback.days')}>
            <Month
              days={days}
              day={day}
              onPick={(picked) => {
                setOpen(false);
                onPick(picked);
              }}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      <Button look="quiet" icon="right" aria-label={t('playback.day_after')} isDisabled={!after} onPress={() => after && onPick(after)} />
    </div>
  );
}

function Month({ days, day, onPick }: DayPickerProps) {
  const t = useText();
  const byDay = useMemo(() => new Map(days.map((item) => [item.day, item])), [days]);
  const months = useMemo(() => [...new Set(days.map((item) => item.day.slice(0, 7)))].sort(), [days]);
  const [month, setMonth] = useState(day?.slice(0, 7) ?? months.at(-1) ?? '');
  const at = months.indexOf(month);
  const before = at > 0 ? months[at - 1] : months.findLast((other) => other < month);
  const after = at >= 0 ? months[at + 1] : months.find((other) => other > month);
  const [year, number_] = month.split('-').map(Number) as [number, number];
  const first = new Date(Date.UTC(year, number_ - 1, 1));
  const length = new Date(Date.UTC(year, number_, 0)).getUTCDate();
  // Weeks begin on Monday.
  const lead = (first.getUTCDay() + 6) % 7;
  const most = Math.max(1, ...days.map((item) => item.distance_km));
  return (
    <>
      <div className="month-head">
        <Button look="quiet" icon="left" aria-label={t('playback.month_before')} isDisabled={!before} onPress={() => before && setMonth(before)} />
        <h3 className="num">{t('playback.month', { year, month: number_ })}</h3>
        <Button look="quiet" icon="right" aria-label={t('playback.month_after')} isDisabled={!after} onPress={() => after && setMonth(after)} />
      </div>
      <div className="month-grid" aria-hidden="true">
        {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
          <span key={weekday} className="month-weekday">
            {t(`weekday.${weekday}`)}
          </span>
        ))}
      </div>
      <div className="month-grid">
        {Array.from({ length: lead }, (_, index) => (
          <span key={`lead${index}`} />
        ))}
        {Array.from({ length }, (_, index) => {
          const name = `${month}-${String(index + 1).padStart(2, '0')}`;
          const known = byDay.get(name);
          if (!known) {
            return (
              <span key={name} className="month-day month-none num">
                {index + 1}
              </span>
            );
          }
          return (
            <button
              key={name}
              type="button"
              className="month-day num"
              aria-pressed={name === day}
              aria-label={t('playback.day_of', { day: dayName(name), km: number(known.distance_km, 1), trips: known.trips })}
              onClick={() => onPick(name)}
            >
              {index + 1}
              <span className="month-bar" style={{ width: `${Math.max(12, (known.distance_km / most) * 100)}%` }} />
            </button>
          );
        })}
      </div>
      <p className="month-note muted">{t('playback.days_known', { n: days.length })}</p>
    </>
  );
}
