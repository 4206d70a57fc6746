/** The yearly report on the handling of important data (重要数据处理年报), to be read, printed and taken as a workbook. */

import '../styles/admin.css';
import '../styles/terminal.css';
import '../styles/handling.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get, getBytes } from '../api/client';
import type { components } from '../api/schema';
import { setParams, usePlace } from '../app/route';
import { language, useText } from '../i18n';
import { dateTime, NONE, number } from '../ui/format';
import { Button, Pick } from '../ui/kit';
import { Empty, Failed, sayError, Skeleton } from '../ui/states';

type Written<T> = { [Key in keyof T]-?: Exclude<T[Key], undefined> };
type Report = Written<components['schemas']['DataHandlingView']>;
type Cells = React.ReactNode[];

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** The first year of which there can be a report: the provisions are in force since 2021-10-01. */
const FIRST_YEAR = 2021;

export default function HandlingPage() {
  const t = useText();
  const now = new Date(Date.now() + 8 * 3_600_000).getUTCFullYear();
  const year = Number(usePlace().params.get('year')) || now;
  const report = useQuery({ queryKey: ['data-handling', year], queryFn: ({ signal }) => get<Report>('/reports/data-handling', { year }, signal) });
  const years = Array.from({ length: now - FIRST_YEAR + 1 }, (_, back) => String(now - back));
  return (
    <main id="main" tabIndex={-1} className="page devices handling">
      <header className="page-head">
        <div>
          <h1>{t('handling.title')}</h1>
          <p className="muted">{t('handling.law')}</p>
        </div>
        <div className="page-actions">
          <Pick label={t('handling.year')} quiet choices={years.map((id) => ({ id, text: id }))} value={String(year)} onChange={(chosen) => setParams({ year: chosen })} />
          <Button onPress={() => window.print()}>{t('handling.print')}</Button>
          <Export year={year} />
        </div>
      </header>
      {report.isPending ? (
        <Skeleton rows={10} kind="row" />
      ) : report.isError ? (
        report.error instanceof ApiError && report.error.status === 403 ? (
          <Empty title={t('handling.forbidden')} />
        ) : (
          <Failed error={report.error} retry={() => void report.refetch()} />
        )
      ) : (
        <Sections report={report.data} />
      )}
    </main>
  );
}

function Export({ year }: { year: number }) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function save() {
    setBusy(true);
    setError(null);
    try {
      const bytes = await getBytes(`/reports/data-handling/export?format=xlsx&year=${year}`);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bytes], { type: XLSX }));
      link.download = `data-handling-${year}.xlsx`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Button icon="download" isDisabled={busy} onPress={() => void save()}>
        {t(busy ? 'handling.exporting' : 'handling.export')}
      </Button>
      <span role="alert">{error !== null && <span className="field-error">{sayError(error)}</span>}</span>
    </>
  );
}

function Sections({ report }: { report: Report }) {
  const t = useText();
  const english = language() === 'en';
  const days = (kept: number | null | undefined) => (kept === null || kept === undefined ? t('handling.as_registered') : t('handling.days', { n: number(kept) }));
  const done = (one: Report['deleted'][number]): Cells => [
    t(`audit_action.${one.action}`, { defaultValue: english ? one.action : one.action_zh }),
    t(`audit_kind.${one.subject_kind}`, { defaultValue: english ? one.subject_kind : one.subject_zh }),
    number(one.count),
  ];
  const facts: [string, string][] = [
    [t('handling.tracks_kept'), number(report.tracks.kept_days)],
    [t('handling.tracks_year'), number(report.tracks.of_year_days)],
    [t('handling.tracks_first'), report.tracks.first_day ?? NONE],
    [t('handling.tracks_last'), report.tracks.last_day ?? NONE],
    [t('handling.tracks_overdue'), number(report.tracks.overdue_days)],
    [t('handling.log_online'), days(report.retention.log_online_days)],
    [t('handling.log_archive'), days(report.retention.log_archive_days)],
  ];
  return (
    <>
      <p className="handling-unit">
        <strong>{report.unit_name}</strong> <span className="num">{report.year}</span>{' '}
        <span className="muted">{t(report.is_complete ? 'handling.made' : 'handling.so_far', { at: dateTime(report.made_at) })}</span>
      </p>
      <Table
        title={t('handling.kinds')}
        head={['kind', 'class', 'amount', 'purpose', 'kept']}
        rows={report.kinds.map((kind) => [
          t(`handling.kind_${kind.kind}`, { defaultValue: kind.name_zh }),
          <span className={`state handling-${kind.class}`}>{t(`handling.class_${kind.class}`, { defaultValue: kind.class_zh })}</span>,
          number(kind.amount),
          english ? kind.purpose_en : kind.purpose_zh,
          days(kind.kept_days),
        ])}
        numbers={[2]}
      />
      <section className="table-card handling-card" aria-label={t('handling.retention')}>
        <h2>{t('handling.retention')}</h2>
        <dl className="handling-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Table title={t('handling.deleted')} head={['action', 'subject', 'count']} rows={report.deleted.map(done)} numbers={[2]} none={t('handling.no_deleted')} />
      <Table
        title={t('handling.looks')}
        head={['unit', 'viewed', 'exported', 'refused']}
        rows={report.looks.map((looks) => [looks.unit_name ?? t('handling.system'), number(looks.viewed), number(looks.exported), number(looks.refused)])}
        numbers={[1, 2, 3]}
        none={t('handling.no_looks')}
      />
      <Table
        title={t('handling.exchanges')}
        head={['platform', 'protocol', 'way', 'encrypted', 'things', 'state']}
        rows={report.exchanges.map((one) => [
          one.name,
          one.protocol === 'jt809' ? 'JT/T 809' : 'GB/T 32960',
          t(one.is_incoming ? 'handling.way_in' : 'handling.way_out'),
          t(one.is_encrypted ? 'handling.yes' : 'handling.no'),
          number(one.things),
          t(one.disabled_at ? 'handling.disabled' : 'handling.in_use'),
        ])}
        numbers={[4]}
        none={t('handling.no_exchanges')}
      />
      <Table title={t('handling.incidents')} head={['action', 'subject', 'count']} rows={report.incidents.map(done)} numbers={[2]} none={t('handling.no_incidents')} />
    </>
  );
}

interface TableProps {
  title: string;
  head: string[];
  rows: Cells[];
  /** Columns of numbers, which stand at the end of their cells. */
  numbers: number[];
  none?: string;
}

function Table({ title, head, rows, numbers, none }: TableProps) {
  const t = useText();
  return (
    <section className="table-card handling-card" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className="muted handling-none">{none}</p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                {head.map((name, column) => (
                  <th key={name} scope="col" className={numbers.includes(column) ? 'handling-number' : undefined}>
                    {t(`handling.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells, row) => (
                <tr key={row}>
                  {cells.map((cell, column) =>
                    column === 0 ? (
                      <th key={column} scope="row">
                        {cell}
                      </th>
                    ) : (
                      <td key={column} className={numbers.includes(column) ? 'num handling-number' : undefined}>
                        {cell}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
