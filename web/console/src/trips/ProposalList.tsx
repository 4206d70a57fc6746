/** The plan for what waits, beside the board: each trip with its car, driver and reason, what else there was, and one button to send it. */

import { useState } from 'react';
import { useText } from '../i18n';
import { number, plate } from '../ui/format';
import { Button } from '../ui/kit';
import { Failed, sayError, Skeleton } from '../ui/states';
import { useTripsChanged } from './api';
import { accept, keyOf, type useProposal } from './proposal';
import type { ProposedOrder } from './types';
import { km, span, yuan } from './words';

interface ListProps {
  proposal: ReturnType<typeof useProposal>;
  /** The plate of the car that has failed. */
  failed: string | null;
  onSay: (words: string) => void;
  onClose: () => void;
}

export function ProposalList({ proposal, failed, onSay, onClose }: ListProps) {
  const t = useText();
  const changed = useTripsChanged();
  const [sent, setSent] = useState<Set<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [failures, setFailures] = useState<Record<string, string>>({});
  if (proposal.isPending) return <Skeleton rows={4} kind="row" />;
  if (!proposal.data) return <Failed error={proposal.error} retry={() => void proposal.refetch()} />;
  const { proposals, unserved } = proposal.data;
  const open = proposals.map((one, index) => ({ one, key: keyOf(one, index) })).filter(({ key }) => !sent.has(key));

  /** One after the other, in the order of their time: what the service refuses stays, with its reason. */
  async function send(lines: { one: ProposedOrder; key: string }[]) {
    setBusy(true);
    for (const { one, key } of lines) {
      try {
        const order = await accept(one, t('proposal.reason', { plate: failed ? plate(failed) : '' }));
        setSent((known) => new Set(known).add(key));
        onSay(t('order.done', { number: order.number, plate: plate(order.plate), driver: order.driver }));
      } catch (error) {
        setFailures((known) => ({ ...known, [key]: sayError(error) }));
      }
    }
    setBusy(false);
    await changed();
  }

  return (
    <section className="proposal" aria-label={t('proposal.title')}>
      <header>
        <h3 className="trip-small">{failed ? t('proposal.without', { plate: plate(failed) }) : t('proposal.title')}</h3>
        <p className="muted num">{proposals.length + unserved.length > 0 && t('proposal.sum', { yuan: yuan(proposal.data.cost_fen), gap: number(proposal.data.gap_pct, 1) })}</p>
        <div className="proposal-all">
          {open.length > 1 && (
            <Button look="primary" isDisabled={busy} onPress={() => void send(open)}>
              {t('proposal.send_all', { n: open.length })}
            </Button>
          )}
          <Button look="quiet" onPress={onClose}>
            {t('action.close')}
          </Button>
        </div>
      </header>
      {open.length === 0 && unserved.length === 0 && <p className="muted">{t('proposal.none')}</p>}
      <ol>
        {open.map(({ one, key }) => (
          <li key={key} className="proposal-line">
            <Line proposed={one} />
            <div role="alert">{failures[key] && <p className="notice notice-bad">{failures[key]}</p>}</div>
            <Button icon="check" isDisabled={busy || one.driver_id === null} onPress={() => void send([{ one, key }])}>
              {one.order_id ? t('proposal.move') : t('proposal.send')}
            </Button>
          </li>
        ))}
        {unserved.map((one, index) => (
          <li key={`left/${keyOf(one, index)}`} className="proposal-line" data-unserved>
            <strong>{t('proposal.unserved', { who: one.applicant })}</strong>
            <Reasons reasons={one.reasons} />
          </li>
        ))}
      </ol>
      <p className="muted">{t('proposal.how', { n: proposal.data.vehicles_without_place })}</p>
    </section>
  );
}

function Line({ proposed }: { proposed: ProposedOrder }) {
  const t = useText();
  return (
    <>
      <strong>
        {plate(proposed.plate)} · {proposed.driver ?? t('order.no_driver')}
      </strong>
      <span className="num">
        {proposed.applicant} {span(proposed.pick_up_at, proposed.free_at)}
      </span>
      <Reasons reasons={proposed.reasons} />
      {proposed.alternatives.length > 0 && (
        <details>
          <summary>{t('proposal.others', { n: proposed.alternatives.length })}</summary>
          <ul>
            {proposed.alternatives.map((other) => (
              <li key={other.vehicle_id}>
                <strong>{plate(other.plate)}</strong> {other.why_not.map((why) => why.text).join(t('trips.join'))}
              </li>
            ))}
          </ul>
          <p className="muted num">{t('proposal.empty', { km: km(proposed.deadhead_m), yuan: yuan(proposed.cost_fen) })}</p>
        </details>
      )}
    </>
  );
}

function Reasons({ reasons }: { reasons: { code: string; text: string }[] }) {
  const t = useText();
  return <span className="muted">{reasons.map((reason) => reason.text).join(t('trips.join'))}</span>;
}
