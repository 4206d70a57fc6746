/** The audit log (操作日志): who did what, found, opened with before and after, and taken out as evidence. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/units.css';
import '../styles/audit.css';
import { useState } from 'react';
import { ApiError } from '../api/client';
import { followLink, setParams, usePlace } from '../app/route';
import { useText } from '../i18n';
import { dateTime, NONE, number } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { UnitPick } from '../units/UnitPick';
import { ACTIONS, type AuditFilter, type AuditLine, KINDS, useAuditLog } from './api';
import { AuditDrawer } from './AuditDrawer';
import { PackSheet } from './PackSheet';
import { SealSheet } from './SealSheet';

const NOTHING: AuditFilter = { from: '', to: '', login: '', action: '', kind: '', q: '', unit: null };

export default function AuditPage() {
  const t = useText();
  const chosen = Number(usePlace().params.get('entry')) || null;
  const [filter, setFilter] = useState(NOTHING);
  const log = useAuditLog(filter);
  const [sheet, setSheet] = useState<'pack' | 'seals' | null>(null);
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  const sealed = log.data?.pages[0]?.sealed_through ?? 0;
  return (
    <main id="main" tabIndex={-1} className={`page devices terminals audit${chosen ? ' with-drawer' : ''}`}>
      <header className="page-head">
        <div>
          <h1>{t('audit.title')}</h1>
          <p className="muted">{t('audit.lead')}</p>
        </div>
        <div className="page-actions">
          <a href="/admin/data-handling" onClick={followLink}>
            {t('nav.handling')}
          </a>
          <Button onPress={() => setSheet('seals')}>{t('audit.seals')}</Button>
          <Button icon="download" onPress={() => setSheet('pack')}>
            {t('audit.pack')}
          </Button>
        </div>
      </header>
      <section className="table-card" aria-label={t('audit.title')}>
        <Filters filter={filter} onAsk={(next) => (next === filter ? void log.refetch() : setFilter(next))} />
        {log.isPending ? (
          <Skeleton rows={8} kind="row" />
        ) : log.isError && !log.data ? (
          log.error instanceof ApiError && log.error.status === 403 ? (
            <Empty title={t('audit.forbidden')} />
          ) : (
            <Failed error={log.error} retry={() => void log.refetch()} />
          )
        ) : rows.length === 0 ? (
          <Empty title={t('audit.none')} />
        ) : (
          <>
            <Rows rows={rows} sealed={sealed} chosen={chosen} />
            {log.hasNextPage && (
              <div className="audit-more">
                <Button isDisabled={log.isFetchingNextPage} onPress={() => void log.fetchNextPage()}>
                  {t('audit.more')}
                </Button>
              </div>
            )}
          </>
        )}
      </section>
      {chosen && <AuditDrawer key={chosen} seq={chosen} />}
      {sheet === 'pack' && <PackSheet filter={filter} onClose={() => setSheet(null)} />}
      {sheet === 'seals' && <SealSheet onClose={() => setSheet(null)} />}
    </main>
  );
}

interface FiltersProps {
  filter: AuditFilter;
  onAsk: (filter: AuditFilter) => void;
}

/** Each question is written down, so it is asked when somebody says so and not letter by letter. */
function Filters({ filter: asked, onAsk }: FiltersProps) {
  const t = useText();
  const [filter, onChange] = useState(asked);
  const choices = (all: string, names: string[], group: string) => [{ id: '', text: t(all) }, ...names.map((id) => ({ id, text: t(`${group}.${id}`) }))];
  return (
    <form
      className="table-tools audit-tools"
      role="search"
      aria-label={t('audit.filter')}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(filter);
      }}
    >
      <label className="field">
        <span>{t('audit.from')}</span>
        <input type="date" className="input" max={filter.to || undefined} value={filter.from} onChange={(event) => onChange({ ...filter, from: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('audit.to')}</span>
        <input type="date" className="input" min={filter.from || undefined} value={filter.to} onChange={(event) => onChange({ ...filter, to: event.target.value })} />
      </label>
      <label className="field">
        <span>{t('audit.who')}</span>
        <input type="search" className="input" autoComplete="off" spellCheck={false} value={filter.login} onChange={(event) => onChange({ ...filter, login: event.target.value })} />
      </label>
      <Pick label={t('audit.action')} choices={choices('audit.all_actions', ACTIONS, 'audit_action')} value={filter.action} onChange={(action) => onChange({ ...filter, action })} />
      <Pick label={t('audit.kind')} choices={choices('audit.all_kinds', KINDS, 'audit_kind')} value={filter.kind} onChange={(kind) => onChange({ ...filter, kind })} />
      <label className="field">
        <span>{t('audit.subject')}</span>
        <input type="search" className="input" autoComplete="off" spellCheck={false} value={filter.q} onChange={(event) => onChange({ ...filter, q: event.target.value })} />
      </label>
      <UnitPick label={t('audit.unit')} value={filter.unit} onChange={(unit) => onChange({ ...filter, unit })} />
      <div className="audit-again">
        <Button icon="search" type="submit">
          {t('audit.again')}
        </Button>
        <Button look="quiet" onPress={() => onChange(NOTHING)}>
          {t('audit.clear')}
        </Button>
      </div>
    </form>
  );
}

const COLUMNS = ['seq', 'at', 'who', 'action', 'subject', 'unit', 'peer', 'seal'];

function Rows({ rows, sealed, chosen }: { rows: AuditLine[]; sealed: number; chosen: number | null }) {
  const t = useText();
  return (
    <div className="table-scroll audit-rows" tabIndex={0} role="group" aria-label={t('audit.title')}>
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`audit.column_${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.seq} className={row.seq === chosen ? 'row-chosen' : undefined} onClick={() => setParams({ entry: String(row.seq) })}>
              <th scope="row">
                <button type="button" className="row-open mono" aria-label={t('audit.entry', { seq: row.seq })} onClick={() => setParams({ entry: String(row.seq) })}>
                  {number(row.seq)}
                </button>
              </th>
              <td className="num">{dateTime(row.at)}</td>
              <td>
                <span className="mono">{row.login}</span> {row.role && <span className="muted">{t(`role.${row.role}`)}</span>}
              </td>
              <td>{t(`audit_action.${row.action}`)}</td>
              <td>
                <span className="muted">{t(`audit_kind.${row.subject_kind}`)}</span> {row.subject_name}
              </td>
              <td>{row.unit_name ?? <span className="muted">{t('audit.whole_system')}</span>}</td>
              <td className="mono">{row.peer || NONE}</td>
              <td>
                <Sealed isSealed={row.seq <= sealed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Sealed({ isSealed }: { isSealed: boolean }) {
  const t = useText();
  return (
    <span className={`state state-${isSealed ? 'bound' : 'idle'}`}>
      {isSealed && <Icon name="check" size={12} />}
      {t(isSealed ? 'audit.sealed' : 'audit.not_sealed')}
    </span>
  );
}
