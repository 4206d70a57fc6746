/** An entry beside the list (日志详情): everything it says, with before and after side by side. */

import { useEffect, useRef } from 'react';
import { ApiError } from '../api/client';
import { useKeys } from '../app/keys';
import { setParams } from '../app/route';
import { useText } from '../i18n';
import { dateTime, dayName, NONE, number } from '../ui/format';
import { Button } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type AuditDetail, useAuditEntry } from './api';

export function AuditDrawer({ seq }: { seq: number }) {
  const t = useText();
  const entry = useAuditEntry(seq);
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ entry: null });
  useKeys({ Escape: close });
  const detail = entry.data;
  const isThere = detail !== undefined;
  useEffect(() => head.current?.focus(), [isThere]);
  return (
    <aside className="drawer audit-drawer" aria-label={t('audit.entry', { seq })} data-covers="right">
      <header className="drawer-head">
        <h2 ref={head} tabIndex={-1}>
          {t('audit.entry', { seq: number(seq) })}
        </h2>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      {detail ? (
        <div className="drawer-body" tabIndex={0} role="group" aria-label={t('audit.entry', { seq })}>
          <Facts detail={detail} />
          <Comparison before={detail.before} after={detail.after} />
          <h3 className="drawer-title">{t('audit.proof')}</h3>
          <p>{detail.sealed_on ? t('audit.sealed_on', { day: dayName(detail.sealed_on) }) : t('audit.not_sealed_yet')}</p>
          <p className="mono audit-hash">{detail.hash}</p>
        </div>
      ) : entry.isPending ? (
        <Skeleton rows={6} />
      ) : entry.error instanceof ApiError && entry.error.status === 404 ? (
        <Empty title={t('audit.not_found')} />
      ) : (
        <Failed error={entry.error} retry={() => void entry.refetch()} />
      )}
    </aside>
  );
}

function Facts({ detail }: { detail: AuditDetail }) {
  const t = useText();
  const facts: [string, React.ReactNode][] = [
    ['at', dateTime(detail.at)],
    ['who', `${detail.login}${detail.role ? ` · ${t(`role.${detail.role}`)}` : ''}`],
    ['peer', detail.peer || NONE],
    ['action', t(`audit_action.${detail.action}`)],
    ['subject', `${t(`audit_kind.${detail.subject_kind}`)} ${detail.subject_name}`],
    ['unit', detail.unit_name ?? t('audit.whole_system')],
    ['reason', detail.reason || NONE],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`audit.column_${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Field by field, so that one sees what became of what. */
function Comparison({ before, after }: Pick<AuditDetail, 'before' | 'after'>) {
  const t = useText();
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (fields.length === 0) return <p className="muted">{t('audit.nothing_beside')}</p>;
  return (
    <div className="audit-comparison" role="group" aria-label={t('audit.comparison')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('audit.field')}</th>
            {before && <th scope="col">{t('audit.before')}</th>}
            <th scope="col">{t(before ? 'audit.after' : 'audit.content')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => {
            const [was, is] = [said(before?.[field]), said(after?.[field])];
            return (
              <tr key={field} className={before && after && was !== is ? 'audit-changed' : undefined}>
                <th scope="row" className="mono">
                  {field}
                </th>
                {before && <td>{was}</td>}
                <td>{is}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return NONE;
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value);
}
