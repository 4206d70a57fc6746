/** One accident (事故案件): what is known, its pictures, and what was done about it. */

import { useQueryClient } from '@tanstack/react-query';
import { useChange } from '../../admin/use-change';
import { upload, url } from '../../api/client';
import { useText } from '../../i18n';
import { dateTime, number, plate } from '../../ui/format';
import { Button, Sheet } from '../../ui/kit';
import { Failed, Skeleton } from '../../ui/states';
import { useAccident } from './api';

export function CaseSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const found = useAccident(id);
  const change = useChange();
  const accident = found.data;
  const add = async (file: File | undefined) => {
    if (!file || !(await change.run((key) => upload(`/accidents/${id}/photographs`, file, { key })))) return;
    await queries.invalidateQueries({ queryKey: ['incidents'] });
  };
  if (!accident) {
    return (
      <Sheet title={t('incidents.title')} isOpen onClose={onClose}>
        {found.isError ? <Failed error={found.error} retry={() => void found.refetch()} /> : <Skeleton rows={6} />}
      </Sheet>
    );
  }
  const facts: [string, string][] = [
    [t('incidents.column_car'), `${plate(accident.plate)} ${accident.driver ?? ''}`],
    [t('incidents.column_when'), `${dateTime(accident.at)} ${accident.place_name}`],
    [t('incidents.field_kind'), t(`incidents.kind_${accident.kind}`) + (accident.injured > 0 ? ` · ${t('incidents.injured', { n: accident.injured })}` : '')],
    [t('incidents.field_what'), accident.what],
    [t('incidents.field_liability'), t(`incidents.liability_${accident.liability}`)],
    [t('incidents.field_insurer'), [accident.insurer, accident.policy_number && t('incidents.policy_of', { number: accident.policy_number }), accident.claim_number && t('incidents.claim_of', { number: accident.claim_number })].filter(Boolean).join(' · ')],
    [t('incidents.field_damage'), accident.damage_fen === null ? '' : number(accident.damage_fen / 100, 2)],
    [t('incidents.field_third'), accident.third_party_fen === null ? '' : number(accident.third_party_fen / 100, 2)],
    [t('incidents.field_paid'), accident.paid_fen === null ? '' : number(accident.paid_fen / 100, 2)],
  ];
  return (
    <Sheet title={t('incidents.case', { number: accident.number })} isOpen onClose={onClose} wide>
      <p>
        <span className={`state case-${accident.state}`}>{t(`incidents.state_${accident.state}`)}</span> {accident.order_number ? t('incidents.order_of', { number: accident.order_number }) : t('incidents.no_order')}
      </p>
      <dl className="case-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value || '—'}</dd>
          </div>
        ))}
      </dl>
      <ul className="case-photos">
        {accident.photo_ids.map((photo, index) => (
          <li key={photo}>
            <a href={url(`/documents/${photo}`)} download>
              <img src={url(`/documents/${photo}`)} alt={t('incidents.photo', { n: index + 1 })} loading="lazy" />
            </a>
          </li>
        ))}
      </ul>
      {accident.moves.length > 0 && accident.state !== 'closed' && (
        <label className="button button-plain case-add">
          {t('incidents.add_photo')}
          <input type="file" className="visually-hidden" accept="image/*" onChange={(event) => void add(event.target.files?.[0])} />
        </label>
      )}
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      {accident.log.length > 0 && <h3>{t('incidents.log')}</h3>}
      <ol className="case-log">
        {accident.log.map((done, index) => (
          <li key={index}>
            <strong>{t(`incidents.move_${done.action}`)}</strong> {done.by} <span className="num muted">{dateTime(done.at)}</span> {done.text}
          </li>
        ))}
      </ol>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('incidents.close')}</Button>
      </footer>
    </Sheet>
  );
}
