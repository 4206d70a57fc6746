/** The annual report (年度统计报告): what the year comes to, what lacks and whose task it is, who signed, and how those below stand. */

import '../styles/admin.css';
import '../styles/units.css';
import '../styles/pills.css';
import '../styles/figures.css';
import '../styles/report.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { ApiError } from '../api/client';
import { setParams, usePlace } from '../app/route';
import { useServices } from '../app/services';
import { useText } from '../i18n';
import { dateTime, number } from '../ui/format';
import { Icon } from '../ui/icon';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { filled, leadsOn, makeStep, needsReason, type Report, useReport, useReports, WAY, workbook } from './report';
import { Issues, Parts, Rates, Sections, Signatures } from './ReportTables';
import { Ways } from './ReportWays';

/** The year that is reported about: the one before. */
const lastYear = () => new Date(Date.now() + 8 * 3600_000).getUTCFullYear() - 1;
const YEARS_SHOWN = 6;

export default function ReportPage() {
  const t = useText();
  const { session } = useServices();
  const { params } = usePlace();
  const newest = lastYear();
  const unit = params.get('unit') ?? session.account.unit_id;
  const year = Number(params.get('year')) || newest;
  const version = Number(params.get('version')) || null;
  const report = useReport(unit, year, version);
  const shown = report.data;
  const choose = (chosen: Chosen | null) => setParams({ unit: chosen?.id ?? null, version: null });
  return (
    <main id="main" tabIndex={-1} className="page devices report">
      <header className="page-head">
        <div>
          <h1>{t('report.title')}</h1>
          <p className="muted">{t('report.lead')}</p>
        </div>
        <div className="page-actions">
          <Button onPress={() => window.print()}>{t('report.print')}</Button>
          {shown && (
            <a className="button button-plain" href={workbook(shown)} download>
              <Icon name="download" size={16} />
              {t('report.workbook')}
            </a>
          )}
          {shown && <Steps report={shown} />}
        </div>
      </header>
      <section className="table-card figures-span" aria-label={t('report.which')}>
        <Pick
          label={t('report.year')}
          value={String(year)}
          choices={Array.from({ length: YEARS_SHOWN }, (_, back) => String(newest + 1 - back)).map((one) => ({ id: one, text: one }))}
          onChange={(one) => setParams({ year: one, version: null })}
        />
        <UnitPick label={t('report.unit')} value={shown ? { id: shown.unit_id, name: shown.unit_name } : null} onChange={choose} />
        {shown && shown.versions.length > 1 && (
          <Pick
            label={t('report.version')}
            value={String(shown.version)}
            choices={shown.versions.map((one) => ({ id: String(one.version), text: `${t('report.version_n', { n: one.version })} · ${t(`report.stage_${one.stage}`)}` }))}
            onChange={(one) => setParams({ version: one })}
          />
        )}
        {shown && <p className="muted figures-of">{t(shown.is_kept ? 'report.is_kept' : 'report.is_draft')}</p>}
      </section>
      {report.isPending ? (
        <Skeleton rows={8} kind="row" />
      ) : !shown ? (
        report.error instanceof ApiError && report.error.status === 403 ? (
          <Empty title={t('report.forbidden')} />
        ) : (
          <Failed error={report.error} retry={() => void report.refetch()} />
        )
      ) : (
        <>
          {report.isError && <Failed error={report.error} retry={() => void report.refetch()} />}
          <h2 className="report-name">{t('report.name', { unit: shown.unit_name, year: shown.year })}</h2>
          <Way report={shown} />
          <Progress report={shown} />
          <Issues report={shown} />
          <Sections report={shown} />
          <Rates report={shown} />
          <Below report={shown} />
          <Ways report={shown} />
          <Signatures report={shown} />
        </>
      )}
    </main>
  );
}

/** Where the report stands on its way. */
function Way({ report }: { report: Report }) {
  const t = useText();
  const at = WAY.indexOf(report.stage as (typeof WAY)[number]);
  return (
    <ol className="report-way" aria-label={t('report.way')}>
      {WAY.map((stage, place) => (
        <li key={stage} data-done={place <= at || undefined} aria-current={stage === report.stage ? 'step' : undefined}>
          {t(`report.stage_${stage}`)}
        </li>
      ))}
      {report.stage === 'returned' && (
        <li aria-current="step" className="report-returned">
          {t('report.stage_returned')}
        </li>
      )}
    </ol>
  );
}

/** How far each section is. */
function Progress({ report }: { report: Report }) {
  const t = useText();
  return (
    <ul className="report-progress" aria-label={t('report.progress')}>
      {report.progress.map((one) => (
        <li key={one.section} data-bad={one.errors > 0 || undefined}>
          <span>{t(`report.section_${one.section}`)}</span>
          <strong className="num">{one.errors > 0 ? t('report.errors', { count: one.errors }) : `${filled(one)}%`}</strong>
          <meter min={0} max={100} value={filled(one)} aria-label={t(`report.section_${one.section}`)} />
          <small className="muted">{one.lacking > 0 ? t('report.lacking', { lacking: number(one.lacking), cars: number(one.cars) }) : t('report.whole')}</small>
        </li>
      ))}
    </ul>
  );
}

/** The steps that the reader may make. */
function Steps({ report }: { report: Report }) {
  const t = useText();
  const queries = useQueryClient();
  const change = useChange();
  const [asked, setAsked] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const open = (action: string) => {
    setReason('');
    setAsked(action);
  };
  async function make() {
    if (!asked) return;
    const done = await change.run((key) => makeStep(report, asked, reason.trim(), key));
    if (!done) return;
    setAsked(null);
    setParams({ version: null });
    void queries.invalidateQueries({ queryKey: ['annual'] });
  }
  return (
    <>
      {report.moves.map((action) => (
        <Button key={action} look={leadsOn(action) ? 'primary' : 'plain'} onPress={() => open(action)}>
          {t(`report.move_${action}`)}
        </Button>
      ))}
      {asked && (
        <Sheet title={`${t(`report.move_${asked}`)} · ${t('report.name', { unit: report.unit_name, year: report.year })}`} isOpen onClose={() => setAsked(null)}>
          <p>{t(`report.about_${asked}`)}</p>
          {needsReason(asked) && <Field label={t('report.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoFocus />}
          <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
          <footer className="dialog-foot">
            <Button onPress={() => setAsked(null)}>{t('action.cancel')}</Button>
            <Button look="primary" isDisabled={change.busy} onPress={() => void make()}>
              {t(`report.move_${asked}`)}
            </Button>
          </footer>
        </Sheet>
      )}
    </>
  );
}

/** The reports below: what is in the sum, and where those stand that are not. */
function Below({ report }: { report: Report }) {
  const list = useReports(report.unit_id, report.year);
  const stands = (list.data?.items ?? []).filter((item) => !item.is_asked);
  if (report.parts.length === 0) return null;
  return <Parts report={report} stands={stands} onOpen={(unit) => setParams({ unit, version: null })} dateTime={dateTime} />;
}
