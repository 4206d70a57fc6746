/** A case beside the list (案件详情): what is said, what was found of it, how it ended, and what the reader may do. */

import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../app/keys';
import { followLink, setParams } from '../app/route';
import { useServices } from '../app/services';
import { type FindingSheet, useFinding } from '../findings/api';
import { KindName, StateMark } from '../findings/marks';
import { useText } from '../i18n';
import { dateTime, NONE, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Failed, Skeleton } from '../ui/states';
import { type Case, type CaseAction, caseActions } from './api';
import { CloseSheet } from './CloseSheet';
import { LinkSheet } from './LinkSheet';
import { CaseState } from './marks';

export function CaseDrawer({ one, onChanged }: { one: Case; onChanged: () => void }) {
  const t = useText();
  const { session } = useServices();
  const [step, setStep] = useState<CaseAction | null>(null);
  const [said, setSaid] = useState('');
  const found = useFinding(one.finding_id);
  const head = useRef<HTMLHeadingElement>(null);
  const close = () => setParams({ case: null });
  useKeys({ Escape: close });
  useEffect(() => head.current?.focus(), []);
  const done = (words: string) => {
    setSaid(words);
    setStep(null);
    onChanged();
  };
  const actions = caseActions(one, session.permissions);
  return (
    <aside className="drawer" aria-label={t('cases.one', { number: one.number })} data-covers="right">
      <header className="drawer-head">
        <div>
          <h2 ref={head} tabIndex={-1}>
            {one.number}
          </h2>
          <p className="drawer-line">
            <span className="muted">{t(`cases.source_${one.source}`)}</span>
            <CaseState one={one} />
          </p>
        </div>
        <Button look="quiet" icon="close" aria-label={t('action.close')} onPress={close} />
      </header>
      <div className="drawer-body" tabIndex={0} role="group" aria-label={t('cases.one', { number: one.number })}>
        <div role="status">{said && <p className="notice notice-good">{said}</p>}</div>
        {actions.length > 0 && (
          <div className="drawer-steps">
            {actions.map((action, index) => (
              <Button key={action} look={index === 0 ? 'primary' : 'plain'} onPress={() => setStep(action)}>
                {t(action === 'link' && one.finding_id ? 'cases.do_link_other' : `cases.do_${action}`)}
              </Button>
            ))}
          </div>
        )}
        <h3 className="drawer-title">{t('cases.column_matter')}</h3>
        <p className="whole-text">{one.matter}</p>
        <Facts one={one} />
        <h3 className="drawer-title">{t('cases.found')}</h3>
        {one.finding_id === null ? (
          <p className="muted">{t('cases.not_linked')}</p>
        ) : found.data ? (
          <Found sheet={found.data} />
        ) : found.isPending ? (
          <Skeleton rows={2} />
        ) : (
          <Failed error={found.error} />
        )}
        {one.state === 'closed' && <Closure one={one} heads={found.data?.heads ?? []} />}
      </div>
      {step === 'link' && <LinkSheet one={one} onClose={() => setStep(null)} onDone={() => done(t('cases.linked'))} />}
      {step === 'close' && <CloseSheet one={one} heads={found.data?.heads ?? []} onClose={() => setStep(null)} onDone={() => done(t('cases.closed'))} />}
    </aside>
  );
}

function Facts({ one }: { one: Case }) {
  const t = useText();
  const facts: [string, React.ReactNode][] = [
    ['unit', one.unit_name],
    ['vehicle', one.plate ? plate(one.plate) : NONE],
    ['received', <span className="num">{one.received_on}</span>],
    ['entered', `${one.entered_by} · ${dateTime(one.entered_at)}`],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`cases.fact_${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was found, with the order on which it was driven. */
function Found({ sheet: { finding } }: { sheet: FindingSheet }) {
  const t = useText();
  return (
    <p className="drawer-line">
      <a href={`/findings?finding=${finding.id}`} onClick={followLink}>
        <KindName finding={finding} />
      </a>
      <StateMark state={finding.state} />
      <span className="muted">
        {plate(finding.plate)} · <span className="num">{dateTime(finding.at)}</span>
      </span>
      {finding.order?.number ? (
        <a href={`/print/order/${finding.order.id}`} onClick={followLink} className="mono">
          {finding.order.number}
        </a>
      ) : (
        <span className="muted">{t(finding.order ? 'findings.order_hidden' : 'findings.no_order')}</span>
      )}
    </p>
  );
}

function Closure({ one, heads }: { one: Case; heads: string[] }) {
  const t = useText();
  return (
    <>
      <h3 className="drawer-title">{t('cases.result')}</h3>
      {one.head !== null && <p>{t('findings.head', { n: one.head, text: heads[one.head - 1] ?? '' })}</p>}
      <p className="whole-text">{one.result}</p>
      <p className="muted">
        {one.closed_by} · <span className="num">{dateTime(one.closed_at)}</span>
      </p>
    </>
  );
}
