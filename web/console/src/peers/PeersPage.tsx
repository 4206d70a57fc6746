/** Other platforms (对接平台): entered with an address and two keys, of which each is shown once; what was heard and what was refused. */

import '../styles/admin.css';
import '../styles/peers.css';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { errorText, useText } from '../i18n';
import { useChange } from '../admin/use-change';
import { dateTime } from '../ui/format';
import { Button, Field } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { enterKey, KEY, type Peer, type PeerMade, renewKey, setUse, type Traffic, usePeers } from './api';
import { PeerSheet } from './PeerSheet';
import { ReachSheet } from './ReachSheet';
import { RecordsSheet } from './RecordsSheet';

export default function PeersPage() {
  const t = useText();
  const queries = useQueryClient();
  const peers = usePeers();
  const [open, setOpen] = useState<Peer | 'new' | null>(null);
  const [made, setMade] = useState<PeerMade | null>(null);
  const [agreed, setAgreed] = useState<Peer | null>(null);
  const [told, setTold] = useState<[Peer, Traffic] | null>(null);
  const changed = (one: PeerMade | null = null) => {
    setMade(one);
    setOpen(null);
    setAgreed(null);
    void queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <main id="main" tabIndex={-1} className="page devices">
      <header className="page-head">
        <div>
          <h1>{t('peers.title')}</h1>
          <p className="muted">{t('peers.lead')}</p>
        </div>
        <div className="page-actions">
          <Button look="primary" icon="plus" onPress={() => setOpen('new')}>
            {t('peers.enter')}
          </Button>
        </div>
      </header>
      <div role="status">
        {made?.our_key && (
          <p className="notice notice-good">
            {made.code} {t('peers.our_key')} <code className="mono peer-key">{made.our_key}</code>
          </p>
        )}
      </div>
      {peers.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : !peers.data ? (
        <Failed error={peers.error} retry={() => void peers.refetch()} />
      ) : peers.data.items.length === 0 ? (
        <Empty title={t('peers.none')} />
      ) : (
        <ul className="peers" aria-label={t('peers.title')}>
          {peers.data.items.map((peer) => (
            <PeerCard key={peer.id} peer={peer} onOpen={() => setOpen(peer)} onReach={() => setAgreed(peer)} onTold={(one) => setTold([peer, one])} onChanged={changed} />
          ))}
        </ul>
      )}
      {open && peers.data && <PeerSheet peer={open === 'new' ? null : open} algorithms={peers.data.algorithms} onClose={() => setOpen(null)} onDone={changed} />}
      {agreed && peers.data && <ReachSheet peer={agreed} interfaces={peers.data.interfaces} onClose={() => setAgreed(null)} onDone={changed} />}
      {told && <RecordsSheet peer={told[0]} traffic={told[1]} onClose={() => setTold(null)} />}
    </main>
  );
}

interface CardProps {
  peer: Peer;
  onOpen: () => void;
  onReach: () => void;
  onTold: (traffic: Traffic) => void;
  onChanged: (made?: PeerMade | null) => void;
}

function PeerCard({ peer, onOpen, onReach, onTold, onChanged }: CardProps) {
  const t = useText();
  const change = useChange();
  const [entering, setEntering] = useState(false);
  const [key, setKey] = useState('');
  const whose = <span className="visually-hidden"> {peer.name}</span>;
  async function save(event: React.FormEvent) {
    event.preventDefault();
    const done = await change.run(() => enterKey(peer.id, key.trim()).then(() => true));
    if (!done) return;
    setKey('');
    setEntering(false);
    onChanged();
  }
  return (
    <li className="table-card peer">
      <header>
        <h2>{peer.name}</h2>
        <span className="muted">
          {t(`peers.level_${peer.level}`)} <span className="mono">{peer.region_code}</span> · {t(`peers.algorithm_${peer.algorithm}`)}
        </span>
        {peer.disabled_at && <span className="state state-disabled">{t('peers.disabled')}</span>}
        {!peer.has_their_key && <span className="state">{t('peers.no_their_key')}</span>}
      </header>
      <p>
        <span className="mono">{peer.code}</span> ⇄ <span className="mono">{peer.own_code}</span> · <span className="mono">{peer.base_url}</span> · {peer.unit_name}
      </p>
      <p className="muted num">
        {peer.heard_at ? t('peers.heard', { at: dateTime(peer.heard_at) }) : t('peers.never_heard')}
        {peer.waiting > 0 && ` · ${t('peers.waiting', { n: peer.waiting })}`}
      </p>
      {peer.refused > 0 && <p className="notice">{t('peers.refused', { n: peer.refused, why: peer.refused_code ? errorText(peer.refused_code) : '' })}</p>}
      <Agreed peer={peer} onTold={onTold} />
      <div className="peer-steps">
        <Button onPress={onReach}>
          {t('peers.reach')}
          {whose}
        </Button>
        <Button onPress={onOpen}>
          {t('peers.edit')}
          {whose}
        </Button>
        <Button onPress={() => setEntering(!entering)}>
          {t('peers.enter_key')}
          {whose}
        </Button>
        <Button look="quiet" isDisabled={change.busy} onPress={() => void change.run(() => renewKey(peer.id)).then((made) => made && onChanged(made))}>
          {t('peers.renew')}
          {whose}
        </Button>
        <Button look="quiet" isDisabled={change.busy} onPress={() => void change.run(() => setUse(peer.id, peer.disabled_at === null).then(() => true)).then((done) => done && onChanged())}>
          {t(peer.disabled_at ? 'peers.enable' : 'peers.disable')}
          {whose}
        </Button>
      </div>
      {entering && (
        <form className="peer-key-form" onSubmit={(event) => void save(event)} noValidate>
          <Field label={t('peers.their_key')} help={t('peers.their_key_help')} mono value={key} onChange={setKey} error={change.field('key')} autoComplete="off" />
          <Button look="primary" type="submit" isDisabled={change.busy || key.trim() === ''}>
            {t('peers.save_key')}
          </Button>
        </form>
      )}
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
    </li>
  );
}

/** What is agreed with a platform, and what went over the interfaces; what it told can be looked at. */
function Agreed({ peer, onTold }: { peer: Peer; onTold: (traffic: Traffic) => void }) {
  const t = useText();
  const { reach } = peer;
  const lines = [
    reach.up_unit_name && t('peers.reach_saved', { unit: reach.up_unit_name }),
    reach.down_unit_name && t('peers.reach_told', { unit: reach.down_unit_name }),
    reach.open_unit_name && t('peers.reach_opened', { unit: reach.open_unit_name, n: reach.pulls.length }),
  ].filter(Boolean);
  return (
    <>
      {lines.length > 0 && <p>{lines.join(' · ')}</p>}
      {peer.traffic.length > 0 && (
        <ul className="peer-traffic">
          {peer.traffic.map((one) => {
            const text = `${t(`peers.traffic_${one.kind}`)} ${t('peers.traffic', { term: one.term, n: one.messages, records: one.records })}`;
            return (
              <li key={one.kind + one.interface} className="muted num">
                {one.kind === 'push' ? (
                  <Button look="quiet" onPress={() => onTold(one)}>
                    {text}
                  </Button>
                ) : (
                  text
                )}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
