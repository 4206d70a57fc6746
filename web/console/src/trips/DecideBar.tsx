/** The buttons of a request that waits for a decision (审批操作): drawn from its moves alone. */

import { useState } from 'react';
import { useText } from '../i18n';
import { Button, Drop } from '../ui/kit';
import type { TripRequest } from './types';
import { may } from './words';

/** What needs words: one of these, or one's own. The words themselves are texts. */
export const REASONS = {
  reject: ['reason_unfounded', 'reason_transit', 'reason_list', 'reason_conflict'],
  send_back: ['reason_incomplete', 'reason_time', 'reason_people', 'reason_merge'],
  cancel: ['reason_no_car', 'reason_changed', 'reason_conflict', 'reason_merge'],
  reassign: ['reason_broken', 'reason_urgent', 'reason_suits'],
} as const;
export type Worded = keyof typeof REASONS;

/** What is decided about a request; another car is chosen for an order, on the board. */
export type Decision = 'approve' | 'ratify' | Exclude<Worded, 'reassign'> | 'transfer' | 'add_signer' | 'withdraw';

interface DecideProps {
  request: TripRequest;
  isBusy: boolean;
  /** The keys are this request's. */
  hasKeys: boolean;
  /** Asks for the reason of this decision at the moment. */
  asking: Exclude<Worded, 'reassign'> | null;
  onAsk: (decision: Exclude<Worded, 'reassign'> | null) => void;
  onDecide: (decision: Decision, opinion?: string) => void;
}

export function DecideBar({ request, isBusy, hasKeys, asking, onAsk, onDecide }: DecideProps) {
  const t = useText();
  const more = (['send_back', 'transfer', 'add_signer'] as const).filter((move) => may(request, move));
  if (asking) return <ReasonBar decision={asking} isBusy={isBusy} onCancel={() => onAsk(null)} onSay={(opinion) => onDecide(asking, opinion)} />;
  const first = (['approve', 'ratify'] as const).find((move) => may(request, move));
  if (!first && !may(request, 'reject') && more.length === 0) return null;
  return (
    <div className="decide">
      {first && (
        <Button look="primary" icon="check" hint={hasKeys ? 'Y' : undefined} isDisabled={isBusy} onPress={() => onDecide(first)}>
          {t(`decide.${first}`)}
          <Whose request={request} />
        </Button>
      )}
      {may(request, 'reject') && (
        <Button hint={hasKeys ? 'N' : undefined} isDisabled={isBusy} onPress={() => onAsk('reject')}>
          {t('decide.reject')}
          <Whose request={request} />
        </Button>
      )}
      {more.length > 0 && (
        <Drop
          label={t('decide.more', { number: request.number })}
          icon="down"
          isDisabled={isBusy}
          actions={more.map((move) => ({ id: move, text: t(`decide.${move}`), run: () => (move === 'send_back' ? onAsk(move) : onDecide(move)) }))}
        />
      )}
    </div>
  );
}

/** Which request the button is of, for who does not see where it stands. */
function Whose({ request }: { request: TripRequest }) {
  return <span className="visually-hidden"> {request.number}</span>;
}

interface ReasonProps {
  decision: Worded;
  isBusy: boolean;
  onCancel: () => void;
  onSay: (opinion: string) => void;
}

/** One click on a reason decides; other words are typed. */
export function ReasonBar({ decision, isBusy, onCancel, onSay }: ReasonProps) {
  const t = useText();
  const [words, setWords] = useState('');
  return (
    <form
      className="reasons"
      onSubmit={(event) => {
        event.preventDefault();
        if (words.trim()) onSay(words.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onCancel();
      }}
    >
      <p className="reasons-title">{t(`decide.why_${decision}`)}</p>
      <div className="reason-pills" role="group" aria-label={t(`decide.why_${decision}`)}>
        {REASONS[decision].map((name, index) => (
          <button key={name} type="button" className="pill-button" autoFocus={index === 0} disabled={isBusy} onClick={() => onSay(t(`decide.${name}`))}>
            {t(`decide.${name}`)}
          </button>
        ))}
      </div>
      <div className="reasons-own">
        <input className="input" value={words} maxLength={300} autoComplete="off" placeholder={t('decide.own_words')} aria-label={t('decide.own_words')} onChange={(event) => setWords(event.target.value)} />
        <Button type="submit" isDisabled={isBusy || words.trim() === ''}>
          {t(`decide.${decision}`)}
        </Button>
        <Button look="quiet" onPress={onCancel}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}
