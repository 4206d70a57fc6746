/** When a plan comes round, in words (周期说明). */

import type { Version } from './api';

type Say = (key: string, values?: Record<string, unknown>) => string;

export function cadence(version: Version, t: Say): string {
  const days =
    version.every_days !== null
      ? t('plans.every_days_of', { n: version.every_days })
      : version.month_days.length > 0
        ? t('plans.month_days_of', { days: version.month_days.join('、') })
        : version.weekdays.map((day) => t(`plans.weekday_${day}`)).join(' ');
  return version.workdays_only ? `${days} · ${t('plans.workdays_only')}` : days;
}

/** `08:30, 2 h 30 min`. */
export function time(version: Version, t: Say): string {
  return t('plans.time_of', { at: version.starts_at, minutes: version.lasts_minutes });
}
