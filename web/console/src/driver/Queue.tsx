/** What waits to be sent, what the service refused, and the account; and the strip that says so on every screen. */

import { hourMinute } from './format';
import type { Awake } from './hooks';
import { Tap } from './kit';
import type { Order } from './order';
import { receipt, type Record } from './outbox';
import { dismiss, signOut, useLook, wake } from './terminal';
import { language, setLanguage, t } from './texts';

/** Offline, how many wait, refused, signed out: one line, and nothing when there is nothing to say. */
export function Strip({ awake }: { awake?: Awake }) {
  const { records, is_online: isOnline, is_over: isOver } = useLook();
  const waiting = records.filter((record) => record.state === 'waiting').length;
  const refused = records.length - waiting;
  return (
    <div className="strip" role="status" data-online={isOnline} data-waiting={waiting} data-refused={refused}>
      {!isOnline && <span className="tag tag-warn">{t('driver_app.offline')}</span>}
      {waiting > 0 && <span className="tag">{t('driver_app.waiting_n', { n: waiting })}</span>}
      {refused > 0 && <span className="tag tag-bad">{t('driver_app.refused_n', { n: refused })}</span>}
      {isOver && <span className="tag tag-bad">{t('driver_app.over_short')}</span>}
      {awake && <span className="tag" data-awake={awake}>{t(`driver_app.awake_${awake}`)}</span>}
      {isOnline && waiting === 0 && refused === 0 && !isOver && <span className="muted">{t('driver_app.all_sent')}</span>}
    </div>
  );
}

function what(record: Record): string {
  const body = record.body as { action?: string; kind?: string; amount_fen?: number };
  if (record.kind === 'action') return t(`driver_app.did_${body.action ?? 'arrive'}`);
  if (record.kind === 'check') return t(`driver_app.check_${body.kind ?? 'pre_trip'}`);
  return t(`driver_app.did_${record.kind}`);
}

export function Queue({ all }: { all: Order[] }) {
  const { who, records, is_over: isOver } = useLook();
  const waiting = records.filter((record) => record.state === 'waiting');
  const refused = records.filter((record) => record.state === 'refused');
  const number = (record: Record) => all.find((order) => order.id === record.order)?.number ?? '';
  return (
    <main>
      <h1>{who?.name}</h1>
      {isOver && (
        <a className="tap tap-main" href="#/sign-in" data-do="sign-in-again">
          {t('driver_app.sign_in')}
        </a>
      )}
      {refused.length > 0 && <h2>{t('driver_app.refused')}</h2>}
      {refused.map((record) => (
        <section key={record.seq} className="notice notice-bad" data-refused={record.key}>
          <strong>
            {what(record)} {hourMinute(record.at)} {number(record)}
          </strong>
          <p>{record.problem?.title ?? record.problem?.code}</p>
          <p className="muted">{t('driver_app.receipt', { number: receipt(record) })}</p>
          <Tap name="dismiss" onTap={() => dismiss(record)}>
            {t('driver_app.dismiss')}
          </Tap>
        </section>
      ))}
      <h2>{t('driver_app.outbox')}</h2>
      {waiting.length === 0 ? (
        <p className="muted">{t('driver_app.all_sent')}</p>
      ) : (
        <ol className="outbox">
          {waiting.map((record) => (
            <li key={record.seq}>
              {hourMinute(record.at)} {what(record)} <span className="muted">{receipt(record)}</span>
            </li>
          ))}
        </ol>
      )}
      {waiting.length > 0 && (
        <Tap name="send-now" onTap={wake}>
          {t('driver_app.send_now')}
        </Tap>
      )}
      <Tap look="quiet" name="language" onTap={() => setLanguage(language() === 'en' ? 'zh-CN' : 'en')}>
        {language() === 'en' ? '中文' : 'English'}
      </Tap>
      <Tap look="quiet" name="sign-out" onTap={signOut} note={waiting.length > 0 ? t('driver_app.sign_out_waits', { n: waiting.length }) : undefined}>
        {t('driver_app.sign_out')}
      </Tap>
    </main>
  );
}
