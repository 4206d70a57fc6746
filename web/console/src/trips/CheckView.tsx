/** What the sheet comes to (试算): how far, how long, what it costs, who decides, which car would come, and what is left to pay it. */

import { useText } from '../i18n';
import { duration, plate } from '../ui/format';
import type { Check, Notice } from './types';
import { km, yuan } from './words';

interface CheckProps {
  check: Check | undefined;
  isOld: boolean;
  /** Another unit's cars are asked for: which would come, that unit says. */
  isOthers: boolean;
}

export function CheckView({ check, isOld, isOthers }: CheckProps) {
  const t = useText();
  if (!check) return <p className="muted check-none">{t('apply.check_none')}</p>;
  const rows: [string, React.ReactNode][] = [
    [t('apply.estimate'), `${km(check.distance_m)} · ${duration(check.duration_s)} · ${yuan(check.estimate_fen)}`],
    [t('apply.approvers'), check.steps.length > 0 ? check.steps.join(' → ') : t('apply.no_approval')],
    [t('apply.likely'), likely(check, isOthers, t)],
  ];
  const left = check.allowance_left_fen;
  if (left !== null) rows.push([t('apply.left'), left < check.estimate_fen ? <strong className="check-low">{t('apply.left_low', { left: yuan(left) })}</strong> : t('apply.left_of', { left: yuan(left) })]);
  return (
    <dl className="check" data-old={isOld || undefined}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function likely(check: Check, isOthers: boolean, t: ReturnType<typeof useText>): string {
  if (!check.likely) return t(isOthers ? 'apply.likely_other' : 'apply.likely_none');
  const { plate: number, model, away_m } = check.likely;
  return [`${plate(number)} ${model}`, away_m !== null && t('trips.away', { km: km(away_m) })].filter(Boolean).join(' · ');
}

/** What speaks against one field: the service's notices, and what it said when the sheet was handed in. */
export function Notes({ notices, error }: { notices: Notice[]; error?: string }) {
  const t = useText();
  if (notices.length === 0 && !error) return null;
  return (
    <div className="notes" role="status">
      {error && <p className="note note-bad">{error}</p>}
      {notices.map((notice) => (
        <p key={notice.code} className={notice.is_refusal ? 'note note-bad' : 'note'}>
          {notice.title}
          {notice.clause && <span className="note-clause">{t('apply.clause', { clause: notice.clause })}</span>}
        </p>
      ))}
    </div>
  );
}
