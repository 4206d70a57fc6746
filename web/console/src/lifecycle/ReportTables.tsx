/** The tables of the annual report (统计报告表): figures by section, quotients, what lacks, the reports below, the signatures. */

import { useState } from 'react';
import { useText } from '../i18n';
import { dateTime as at, number, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { columnsOf, difference, linesOf, quotient, type Report, type ReportList, SECTIONS, shown } from './report';

/** What is wrong first, then what lacks; each with whose task it is. */
export function Issues({ report }: { report: Report }) {
  const t = useText();
  if (report.issues.length === 0) return <p className="notice notice-good">{t(report.is_kept ? 'report.nothing_kept' : 'report.nothing')}</p>;
  const errors = report.issues.filter((issue) => issue.is_error).length;
  return (
    <section className="table-card report-issues" aria-label={t('report.issues')}>
      <h3>
        {t('report.issues')} <small className="muted">{t('report.issue_counts', { errors, others: report.issues.length - errors })}</small>
      </h3>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('report.issues')}>
        <table>
          <thead>
            <tr>
              {['grade', 'section', 'what', 'count', 'which', 'owner'].map((column) => (
                <th key={column} scope="col">
                  {t(`report.column_${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.issues.map((issue, place) => (
              <tr key={place} data-bad={issue.is_error || undefined}>
                <td>
                  <span className={issue.is_error ? 'state report-error' : 'state'}>{t(issue.is_error ? 'report.grade_error' : 'report.grade_note')}</span>
                </td>
                <td>{t(`report.section_${issue.section}`)}</td>
                <td className="report-what">{issue.title}</td>
                <td className="num">{number(issue.count)}</td>
                <td className="report-which">
                  {issue.examples.map((example) => (/^[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}$/.test(example) ? plate(example) : example)).join('、')}
                  {issue.examples.length > 0 && issue.count > issue.examples.length && ' …'}
                </td>
                <td>
                  {issue.unit_name}
                  <small className="muted report-owner">
                    {t(`role.${issue.owner}`)}
                    {issue.owners.length > 0 && `：${issue.owners.join('、')}`}
                  </small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A section at a time on the screen, all of them on paper. */
export function Sections({ report }: { report: Report }) {
  const t = useText();
  const [open, setOpen] = useState<string>('stock');
  return (
    <section className="table-card report-sections" aria-label={t('report.figures')}>
      <div className="pills report-pills" role="group" aria-label={t('report.figures')}>
        {SECTIONS.map((section) => (
          <button key={section} type="button" className="pill" aria-pressed={open === section} onClick={() => setOpen(section)}>
            {t(`report.section_${section}`)}
          </button>
        ))}
      </div>
      {SECTIONS.map((section) => (
        <Section key={section} report={report} section={section} isOpen={open === section} />
      ))}
    </section>
  );
}

function Section({ report, section, isOpen }: { report: Report; section: string; isOpen: boolean }) {
  const t = useText();
  const columns = columnsOf(report, section);
  const lines = linesOf(report, section);
  const title = t(`report.section_${section}`);
  return (
    <div className="report-section" data-open={isOpen || undefined}>
      <h3>{title}</h3>
      {columns.length === 0 ? (
        <p className="muted report-none">{t('report.none')}</p>
      ) : (
        <div className="table-scroll" tabIndex={isOpen ? 0 : -1} role="group" aria-label={title}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('report.column_category')}</th>
                <th scope="col">{t('report.column_powertrain')}</th>
                {columns.map((column) => (
                  <th key={column.item} scope="col" className="report-amount">
                    {t(`report.item_${column.item}`)}
                    <small className="muted">{t(`report.measure_${column.measure}`)}</small>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={`${line.category}-${line.powertrain}`}>
                  <th scope="row">{t(`category.${line.category}`)}</th>
                  <td>{line.powertrain ? t(`report.powertrain_${line.powertrain}`) : '—'}</td>
                  {columns.map((column) => (
                    <td key={column.item} className="num report-amount">
                      {shown(column.measure, line.figures[column.item] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
            <tfoot>
              <Footing name={t('report.sum')} columns={columns} of={(column) => shown(column.measure, column.total)} />
              <Footing name={t('report.own')} columns={columns} of={(column) => shown(column.measure, column.own)} isMuted />
              {columns.some((column) => column.before !== null && column.before !== undefined) && (
                <>
                  <Footing name={t('report.before')} columns={columns} of={(column) => shown(column.measure, column.before)} isMuted />
                  <Footing name={t('report.difference')} columns={columns} of={(column) => difference(column)} isMuted />
                </>
              )}
            </tfoot>
          </table>
        </div>
      )}
    </div>
  );
}

type Column = ReturnType<typeof columnsOf>[number];

/** A row below a table: one amount a column. */
function Footing({ name, columns, of, isMuted }: { name: string; columns: readonly Column[]; of: (column: Column) => string; isMuted?: boolean }) {
  return (
    <tr className={isMuted ? 'muted' : undefined}>
      <th scope="row" colSpan={2}>
        {name}
      </th>
      {columns.map((column) => (
        <td key={column.item} className="num report-amount">
          {of(column)}
        </td>
      ))}
    </tr>
  );
}

export function Rates({ report }: { report: Report }) {
  const t = useText();
  return (
    <section className="table-card" aria-label={t('report.rates')}>
      <h3 className="report-head">{t('report.rates')}</h3>
      <dl className="report-rates">
        {report.rates.map((rate) => (
          <div key={rate.rate}>
            <dt className="muted">{t(`report.rate_${rate.rate}`)}</dt>
            <dd>
              <strong className="num">{quotient(rate.rate, rate.value)}</strong>
              {rate.before !== null && rate.before !== undefined && <small className="muted">{t('report.was', { value: quotient(rate.rate, rate.before) })}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface PartsProps {
  report: Report;
  stands: ReportList['items'];
  onOpen: (unit: string) => void;
  dateTime: (at: string | null | undefined) => string;
}

export function Parts({ report, stands, onOpen, dateTime }: PartsProps) {
  const t = useText();
  const accepted = report.parts.filter((part) => part.version).length;
  return (
    <section className="table-card" aria-label={t('report.parts')}>
      <h3 className="report-head">
        {t('report.parts')} <small className="muted">{t('report.parts_accepted', { accepted, all: report.parts.length })}</small>
      </h3>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('report.parts')}>
        <table>
          <thead>
            <tr>
              {['unit', 'stage', 'version', 'opening', 'closing', 'authorised', 'over', 'trips', 'running', 'changed'].map((column) => (
                <th key={column} scope="col">
                  {t(`report.column_${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.parts.map((part) => {
              const stand = stands.find((one) => one.unit_id === part.unit_id);
              return (
                <tr key={part.unit_id}>
                  <th scope="row">
                    <Button look="quiet" onPress={() => onOpen(part.unit_id)}>
                      {part.unit_name}
                    </Button>
                  </th>
                  <td>
                    <span className="state">{t(`report.stage_${stand?.stage ?? 'draft'}`)}</span>
                    {stand?.received ? (
                      <small className="muted"> {t('report.received_from', { platform: stand.received.platform, at: dateTime(stand.received.at) })}</small>
                    ) : (
                      stand?.is_told && <small className="muted"> {t('report.is_told')}</small>
                    )}
                    {part.is_outdated && <span className="state report-error">{t('report.outdated')}</span>}
                  </td>
                  <td className="num">{part.version ?? '—'}</td>
                  {['opening', 'closing', 'authorised', 'over', 'trips'].map((item) => (
                    <td key={item} className="num">
                      {number(part.figures[item] ?? 0)}
                    </td>
                  ))}
                  <td className="num">{shown('fen', part.figures.running ?? 0)}</td>
                  <td className="num">{dateTime(stand?.changed_at)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Who did what, in its order; on paper there is room for the seal. */
export function Signatures({ report }: { report: Report }) {
  const t = useText();
  return (
    <section className="table-card" aria-label={t('report.steps')}>
      <h3 className="report-head">{t('report.steps')}</h3>
      {report.reason && <p className="report-none">{t('report.opened_because', { reason: report.reason })}</p>}
      {report.steps.length === 0 ? (
        <p className="muted report-none">{t('report.no_steps')}</p>
      ) : (
        <ol className="report-steps">
          {report.steps.map((step, place) => (
            <li key={place}>
              <strong>{t(`report.move_${step.action}`)}</strong> {step.by} <span className="muted num">{at(step.at)}</span>
              {step.reason && <q>{step.reason}</q>}
            </li>
          ))}
        </ol>
      )}
      <p className="report-seal" aria-hidden="true">
        {t('report.seal')}
      </p>
    </section>
  );
}
