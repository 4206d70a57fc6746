/** How a report goes between platforms (平台间直报): to whom or from whom, round by round, with receipt, digest and who signed. */

import { errorText, useText } from '../i18n';
import { dateTime } from '../ui/format';
import type { Report } from './report';

export function Ways({ report }: { report: Report }) {
  const t = useText();
  if (report.ways.length === 0) return null;
  return (
    <section className="table-card" aria-label={t('report.ways')}>
      <h3 className="report-head">{t('report.ways')}</h3>
      <ol className="report-steps">
        {report.ways.map((way) => (
          <li key={`${way.direction}${way.number}${way.round}`}>
            <strong>
              {t(`report.way_${way.direction}`)} {way.platform}
            </strong>{' '}
            <span className="state">{t(`report.way_state_${way.state}`)}</span> {way.number} {t('report.way_round', { n: way.round })}{' '}
            <span className="muted num">{dateTime(way.sent_at)}</span>
            {way.receipt && <span className="muted"> {t('report.way_receipt', { receipt: way.receipt })}</span>}
            {way.signed_by && (
              <span className="muted">
                {' '}
                {t('report.way_signed', { unit: way.origin_unit, name: way.signed_by })} {dateTime(way.signed_at)}
              </span>
            )}
            {way.attempts !== null && way.attempts !== undefined && way.attempts > 0 && (
              <span className="state report-error">
                {t('report.way_waits', { n: way.attempts })}
                {way.answer && ` ${errorText(way.answer)}`}
              </span>
            )}
            {way.reason && <q>{way.reason}</q>}
            <small className="muted report-digest">
              {t('report.way_digest')} <span className="mono">{way.digest}</span>
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
