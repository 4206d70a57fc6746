/** What the sheet comes to (试算): how far, how long, what it costs, who decides. */

import { useText } from '../i18n';
import { duration } from '../ui/format';
import type { Check, Notice } from './types';
import { km, yuan } from './words';

export function CheckView({ check, isOld }: { check: Check | undefined; isOld: boolean }) {
  const t = useText();
  if (!check) return <p className="muted check-none">{t('apply.check_none')}</p>;
  const rows: [string, React.ReactNode][] = [
    [t('apply.estimate'), `${km(check.distance_m)} · ${duration(check.duration_s)} · ${yuan(check.estimate_fen)}`],
    [t('apply.approvers'), check.steps.length > 0 ? check.steps.join(' → ') : t('apply.no_approval')],
  ];
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
