/** A cost (费用): what for, how much, and its receipt as a photo; all three wait together until there is a line. */

import { useEffect, useState } from 'react';
import { fen, hourMinute, yuan } from './format';
import { go, smaller } from './hooks';
import { Icon } from './icon';
import { Chips, Field, Head, Tap } from './kit';
import type { Order } from './order';
import { receipt, type Record } from './outbox';
import { alike } from './receipts';
import { tap, useLook } from './terminal';
import { t } from './texts';

const KINDS = ['fuel', 'charge', 'toll', 'parking', 'wash', 'repair', 'meal', 'lodging', 'other'] as const;
type CostKind = (typeof KINDS)[number];
export function Cost({ order }: { order: Order }) {
  const { records } = useLook();
  const [kind, setKind] = useState<CostKind | null>(null);
  const [typed, setTyped] = useState('');
  const [photo, setPhoto] = useState<Blob | null>(null);
  const [kept, setKept] = useState<Record | null>(null);
  const [isSure, setIsSure] = useState(false);
  const [isBad, setIsBad] = useState(false);
  const amount = fen(typed);
  const twin = isSure || kept ? undefined : alike(records, order.id, kind, amount, Date.now());
  const keep = async () => {
    if (!kind || amount === null) return;
    if (twin) return setIsSure(true);
    setKept(await tap('expense', order.id, { kind, amount_fen: amount }, photo ? { photo } : {}));
  };
  const take = async (file: File | undefined) => {
    setIsBad(false);
    if (file) await smaller(file).then(setPhoto, () => setIsBad(true));
  };
  if (kept) {
    return (
      <div className="screen">
        <Head title={t('driver_app.cost')} back={`task/${order.id}`} />
        <main>
          <p className="big" role="status" data-receipt={receipt(kept)}>
            ¥{yuan(amount ?? 0)}
            <small>{t('driver_app.receipt', { number: receipt(kept) })}</small>
          </p>
          <Tap look="main" icon="money" name="another" onTap={() => (setKept(null), setKind(null), setTyped(''), setPhoto(null), setIsSure(false))}>
            {t('driver_app.cost_another')}
          </Tap>
          <Tap name="back" onTap={() => go(`task/${order.id}`, 'replace')}>
            {t('driver_app.back')}
          </Tap>
        </main>
      </div>
    );
  }
  return (
    <div className="screen">
      <Head title={t('driver_app.cost')} back={`task/${order.id}`} />
      <main>
        <Chips label={t('driver_app.cost_kind')} choices={KINDS} chosen={kind} text={(one) => t(`driver_app.cost_${one}`)} onChoose={setKind} />
        <Field label={t('driver_app.amount')} name="amount" mode="decimal" unit="¥" value={typed} onChange={setTyped} error={typed && amount === null ? t('driver_app.amount_bad') : undefined} />
        <label className="tap tap-plain photo">
          <Icon name="camera" size={30} />
          <span className="tap-text">{t(photo ? 'driver_app.photo_again' : 'driver_app.photo')}</span>
          <input type="file" name="photo" className="visually-hidden" accept="image/*" capture="environment" onChange={(event) => void take(event.target.files?.[0])} />
        </label>
        {isBad && (
          <p className="bad" role="alert">
            {t('driver_app.photo_bad')}
          </p>
        )}
        {photo && <Preview photo={photo} />}
        {twin && (
          <p className="notice" role="alert" data-twin>
            {t('driver_app.cost_twice', { time: hourMinute(twin.at) })}
          </p>
        )}
        <Tap look="main" icon="check" name="keep-cost" isDisabled={!kind || amount === null} onTap={keep}>
          {t(twin ? 'driver_app.cost_anyway' : 'driver_app.cost_keep')}
        </Tap>
      </main>
    </div>
  );
}

function Preview({ photo }: { photo: Blob }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return address ? <img className="preview" src={address} alt={t('driver_app.photo_taken')} /> : null;
}
