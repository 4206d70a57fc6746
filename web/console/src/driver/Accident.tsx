/** An accident (事故报告): what kind, who is hurt, what happened, and pictures; all of it waits together until there is a line. */

import { useEffect, useState } from 'react';
import { smaller, whereAmI, go } from './hooks';
import { Icon } from './icon';
import { Chips, Field, Head, Tap } from './kit';
import type { Order } from './order';
import { receipt, type Record } from './outbox';
import { tap, useLook } from './terminal';
import { t } from './texts';

const KINDS = ['collision', 'rear_end', 'scrape', 'single', 'person', 'other'] as const;
type AccidentKind = (typeof KINDS)[number];
const HURT = ['0', '1', '2', '3'] as const;
/** Most pictures of one report. */
const MOST = 8;

export function Accident({ order }: { order: Order }) {
  const { records } = useLook();
  const [kind, setKind] = useState<AccidentKind | null>(null);
  const [hurt, setHurt] = useState<(typeof HURT)[number]>('0');
  const [what, setWhat] = useState('');
  const [place, setPlace] = useState('');
  const [photos, setPhotos] = useState<Blob[]>([]);
  const [isBad, setIsBad] = useState(false);
  const [kept, setKept] = useState<Record | null>(null);
  const take = async (file: File | undefined) => {
    setIsBad(false);
    if (file) await smaller(file).then((photo) => setPhotos((known) => [...known, photo]), () => setIsBad(true));
  };
  const keep = async () => {
    if (!kind || what.trim() === '') return;
    const at = await whereAmI(2500);
    const report = await tap('accident', order.id, { kind, injured: Number(hurt), what: what.trim(), place_name: place.trim(), ...(at ? { lon: at.lon, lat: at.lat } : {}) });
    // Each picture is a record of its own, behind the report that it belongs to.
    for (const photo of photos) await tap('picture', order.id, { report: report.key }, { photo });
    setKept(report);
  };
  if (kept) {
    const record = records.find((one) => one.key === kept.key);
    const state = record?.state === 'refused' ? 'refused' : record ? 'sending' : 'told';
    return (
      <div className="screen" data-accident={state}>
        <Head title={t('driver_app.accident')} back={`task/${order.id}`} />
        <main>
          <p className={state === 'told' ? 'big good' : 'big'} role="status" data-receipt={receipt(kept)}>
            {t(`driver_app.sos_${state}`)}
            <small>{state === 'refused' ? record?.problem?.title : t('driver_app.receipt', { number: receipt(kept) })}</small>
          </p>
          <Tap name="back" onTap={() => go(`task/${order.id}`, 'replace')}>
            {t('driver_app.back')}
          </Tap>
        </main>
      </div>
    );
  }
  return (
    <div className="screen" data-accident="form">
      <Head title={t('driver_app.accident')} back={`task/${order.id}`} />
      <main>
        <p className="help">{t('driver_app.accident_note')}</p>
        <Chips label={t('driver_app.accident_kind')} choices={KINDS} chosen={kind} text={(one) => t(`driver_app.accident_${one}`)} onChoose={setKind} />
        <Chips label={t('driver_app.accident_hurt')} choices={HURT} chosen={hurt} text={(one) => t(`driver_app.accident_hurt_${one}`)} onChoose={setHurt} />
        <Field label={t('driver_app.accident_what')} name="what" value={what} onChange={setWhat} help={t('driver_app.accident_what_help')} />
        <Field label={t('driver_app.accident_place')} name="place" value={place} onChange={setPlace} />
        {photos.length < MOST && (
          <label className="tap tap-plain photo">
            <Icon name="camera" size={30} />
            <span className="tap-text">{t('driver_app.accident_photo')}</span>
            <input type="file" name="photo" className="visually-hidden" accept="image/*" capture="environment" onChange={(event) => void take(event.target.files?.[0])} />
          </label>
        )}
        {isBad && (
          <p className="bad" role="alert">
            {t('driver_app.photo_bad')}
          </p>
        )}
        {photos.map((photo, index) => (
          <Picture key={index} photo={photo} onRemove={() => setPhotos(photos.filter((one) => one !== photo))} />
        ))}
        <Tap look="main" icon="check" name="keep-accident" isDisabled={!kind || what.trim() === ''} onTap={keep}>
          {t('driver_app.accident_keep')}
        </Tap>
      </main>
    </div>
  );
}

function Picture({ photo, onRemove }: { photo: Blob; onRemove: () => void }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  if (!address) return null;
  return (
    <>
      <img className="preview" src={address} alt={t('driver_app.accident_picture')} />
      <Tap look="quiet" icon="close" name="drop-picture" onTap={onRemove}>
        {t('driver_app.accident_drop')}
      </Tap>
    </>
  );
}
