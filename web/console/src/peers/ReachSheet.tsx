/** What is agreed with a platform (对接范围): whose annual reports go between us, of which unit it reads, by which interfaces it reads and tells. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Sheet } from '../ui/kit';
import { type Chosen, UnitPick } from '../units/UnitPick';
import { type ExchangeInterface, type Peer, setReach } from './api';

interface Props {
  peer: Peer;
  interfaces: ExchangeInterface[];
  onClose: () => void;
  onDone: () => void;
}

const chosen = (id: string | null | undefined, name: string | null | undefined): Chosen | null => (id ? { id, name: name ?? '' } : null);

/** The list with one taken out of it or put into it. */
export function toggled(list: string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

export function ReachSheet({ peer, interfaces, onClose, onDone }: Props) {
  const t = useText();
  const change = useChange();
  const { reach } = peer;
  const [up, setUp] = useState(chosen(reach.up_unit_id, reach.up_unit_name));
  const [down, setDown] = useState(chosen(reach.down_unit_id, reach.down_unit_name));
  const [open, setOpen] = useState(chosen(reach.open_unit_id, reach.open_unit_name));
  const [pulls, setPulls] = useState(reach.pulls);
  const [pushes, setPushes] = useState(reach.pushes);
  const [wrong, setWrong] = useState(false);
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    setWrong(true);
    const body = { up_unit_id: up?.id ?? null, down_unit_id: down?.id ?? null, open_unit_id: open?.id ?? null, pulls, pushes };
    if (await change.run(() => setReach(peer.id, body).then(() => true))) onDone();
  }
  const shown = (field: string) => (wrong ? change.field(field) : undefined);
  return (
    <Sheet title={`${t('peers.reach')} · ${peer.name}`} isOpen onClose={onClose} wide>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <p className="muted">{t('peers.reach_lead')}</p>
        <UnitPick label={t('peers.reach_up')} value={up} onChange={setUp} error={shown('up_unit_id')} />
        <UnitPick label={t('peers.reach_down')} value={down} onChange={setDown} error={shown('down_unit_id')} />
        <UnitPick label={t('peers.reach_open')} value={open} onChange={setOpen} error={shown('open_unit_id')} />
        <div className="table-scroll" tabIndex={0} role="group" aria-label={t('peers.reach_interface')}>
          <table>
            <thead>
              <tr>
                {['interface', 'pulls', 'pushes'].map((column) => (
                  <th key={column} scope="col">
                    {t(`peers.reach_${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {interfaces
                .filter((one) => !one.is_of_the_partner)
                .map((one) => (
                  <tr key={one.interface}>
                    <th scope="row">
                      <span className="mono">{one.number}</span> {one.term}
                    </th>
                    <td>
                      <input type="checkbox" aria-label={`${one.term} ${t('peers.reach_pulls')}`} checked={pulls.includes(one.interface)} onChange={() => setPulls(toggled(pulls, one.interface))} />
                    </td>
                    <td>
                      <input type="checkbox" aria-label={`${one.term} ${t('peers.reach_pushes')}`} checked={pushes.includes(one.interface)} onChange={() => setPushes(toggled(pushes, one.interface))} />
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy}>
            {t('action.save')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
