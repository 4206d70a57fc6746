/** The sheet on which a platform is entered or written anew (登记对接平台). */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { changePeer, enterPeer, type Peer, type PeerMade } from './api';

interface Props {
  /** The one to be written anew; null for a new one. */
  peer: Peer | null;
  algorithms: string[];
  onClose: () => void;
  onDone: (made: PeerMade | null) => void;
}

export function PeerSheet({ peer, algorithms, onClose, onDone }: Props) {
  const t = useText();
  const change = useChange();
  const [facts, setFacts] = useState({
    name: peer?.name ?? '',
    own_code: peer?.own_code ?? '',
    region_code: peer?.region_code ?? '',
    base_url: peer?.base_url ?? 'https://',
    level: String(peer?.level ?? 3),
    algorithm: peer?.algorithm ?? algorithms[0] ?? '',
  });
  const [code, setCode] = useState('');
  const [theirKey, setTheirKey] = useState('');
  const put = (name: keyof typeof facts) => (value: string) => setFacts({ ...facts, [name]: value });
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const body = { ...facts, level: Number(facts.level) };
    const made = await change.run<PeerMade | true>((key) =>
      peer ? changePeer(peer.id, body).then(() => true as const) : enterPeer({ ...body, code, ...(theirKey.trim() ? { their_key: theirKey.trim() } : {}) }, key),
    );
    if (made) onDone(made === true ? null : made);
  }
  return (
    <Sheet title={peer ? peer.name : t('peers.enter')} isOpen onClose={onClose} wide>
      <form className="form form-two" onSubmit={(event) => void submit(event)} noValidate>
        <Field label={t('peers.name')} value={facts.name} onChange={put('name')} error={change.field('name')} autoComplete="off" autoFocus />
        <Pick label={t('peers.level')} choices={[1, 2, 3, 4].map((level) => ({ id: String(level), text: t(`peers.level_${level}`) }))} value={facts.level} onChange={put('level')} error={change.field('level')} />
        <Field label={t('peers.region')} mono inputMode="numeric" value={facts.region_code} onChange={put('region_code')} error={change.field('region_code')} autoComplete="off" />
        <Field label={t('peers.base_url')} mono value={facts.base_url} onChange={put('base_url')} error={change.field('base_url')} autoComplete="off" />
        {!peer && <Field label={t('peers.code')} help={t('peers.code_help')} mono value={code} onChange={setCode} error={change.field('code')} autoComplete="off" />}
        <Field label={t('peers.own_code')} help={t('peers.own_code_help')} mono value={facts.own_code} onChange={put('own_code')} error={change.field('own_code')} autoComplete="off" />
        <Pick label={t('peers.algorithm')} choices={algorithms.map((id) => ({ id, text: t(`peers.algorithm_${id}`) }))} value={facts.algorithm} onChange={put('algorithm')} error={change.field('algorithm')} />
        {!peer && <Field label={t('peers.their_key')} help={t('peers.their_key_help')} mono value={theirKey} onChange={setTheirKey} error={change.field('their_key')} autoComplete="off" />}
        <div className="form-wide" role="alert">
          {change.error && <p className="notice notice-bad">{change.error}</p>}
        </div>
        <footer className="dialog-foot form-wide">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t(peer ? 'action.save' : 'peers.enter')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
