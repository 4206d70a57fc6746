/** Where a terminal was and who did what to it (绑定历史与履历). */

import { useText } from '../i18n';
import { dateTime, plate } from '../ui/format';
import type { TerminalDetail } from './api';

export function History({ detail }: { detail: TerminalDetail }) {
  const t = useText();
  return (
    <>
      <h3 className="drawer-title">{t('terminal.stays')}</h3>
      {detail.stays.length === 0 ? (
        <p className="muted">{t('terminal.no_stays')}</p>
      ) : (
        <ol className="stays">
          {detail.stays.map((stay, index) => (
            <li key={`${stay.from}-${index}`}>
              <strong>{stay.plate ? plate(stay.plate) : t('terminal.other_unit')}</strong>
              <span className="num">
                {stay.from ? dateTime(stay.from) : t('terminal.since_ever')} — {stay.to ? dateTime(stay.to) : t('terminal.still')}
              </span>
            </li>
          ))}
        </ol>
      )}
      <h3 className="drawer-title">{t('terminal.log')}</h3>
      <ol className="log">
        {detail.log.map((entry, index) => (
          <li key={`${entry.at}-${index}`}>
            <span className="num muted">{dateTime(entry.at)}</span>
            <span>
              <strong>{t(`log.${entry.action}`, { defaultValue: entry.action })}</strong>
              {entry.detail?.plate ? ` ${plate(entry.detail.plate)}` : ''}
              <span className="muted">{` · ${entry.by ?? t('terminal.itself')}`}</span>
              {entry.reason && <span className="log-reason">{entry.reason}</span>}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
