/** A finding in words (疑点说明): how much was measured, how much is allowed, and what there is to know beside. */

import i18next from 'i18next';
import { duration, number } from '../ui/format';
import type { Detail, Finding } from './api';

/** A number with what it is measured in; a count that is no amount says nothing. */
export function amount(value: number, measure: Finding['measure']): string {
  switch (measure) {
    case 'metre':
      return value >= 1000 ? `${number(value / 1000, 1)} km` : `${number(value)} m`;
    case 'minute':
      return value === 0 ? '0' : duration(value * 60);
    case 'percent':
      return `${number(value, 1)}%`;
    case 'count':
      return number(value);
  }
}

/** What was measured against what is allowed; null where the kind says it all. */
export function excess(finding: Pick<Finding, 'measure' | 'measured' | 'limit'>): string | null {
  if (finding.measure === 'count') return null;
  return i18next.t('findings.excess', { measured: amount(finding.measured, finding.measure), limit: amount(finding.limit, finding.measure) });
}

/** What there is to know beside the number; null where there is nothing. */
export function beside(detail: Detail, isMasked: boolean): string | null {
  const t = i18next.t;
  switch (detail.about) {
    case 'nothing':
      return null;
    case 'day':
      return detail.name ?? t(`findings.day_${detail.day}`, { defaultValue: detail.day });
    case 'lengths':
      return t('findings.lengths', { ordered: amount(detail.ordered_m, 'metre'), seen: amount(detail.seen_m, 'metre') });
    case 'drivers':
      return t('findings.drivers', { ordered: detail.ordered, seen: detail.seen });
    case 'place': {
      if (isMasked || detail.lat === null || detail.lon === null) return t('findings.place_hidden');
      const figures = `${detail.lat.toFixed(5)}, ${detail.lon.toFixed(5)}`;
      return detail.name ? t('findings.place_named', { name: detail.name, class: detail.class ?? '', figures }) : figures;
    }
  }
}
