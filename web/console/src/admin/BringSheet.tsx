/** Brings a program (上传固件): the file, what it says it is, and the release key's signature. */

import { useState } from 'react';
import { post } from '../api/client';
import type { Firmware } from '../api/types';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { useChange } from './use-change';

export function BringSheet({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const t = useText();
  const change = useChange();
  const [version, setVersion] = useState('');
  const [signature, setSignature] = useState('');
  const [note, setNote] = useState('');
  const [file, setFile] = useState<File | null>(null);

  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!file) return;
    const image = await base64(file);
    if (await change.run((key) => post<Firmware>('/firmware/images', { version: version.trim(), signature: signature.trim(), note: note.trim(), image }, key))) {
      onDone();
      onClose();
    }
  }
  return (
    <Sheet title={t('firmware.bring')} isOpen onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)} noValidate>
        <label className="field" data-invalid={change.field('image') ? true : undefined}>
          <span>{t('firmware.file')}</span>
          <input type="file" className="input" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
          {change.field('image') && <span className="field-error">{change.field('image')}</span>}
        </label>
        <Field label={t('firmware.version')} help={t('firmware.version_help')} mono value={version} onChange={setVersion} error={change.field('version')} autoComplete="off" />
        <Field label={t('firmware.signature')} help={t('firmware.signature_help')} mono value={signature} onChange={setSignature} error={change.field('signature')} autoComplete="off" />
        <Field label={t('firmware.note')} value={note} onChange={setNote} error={change.field('note')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !file || !version.trim() || !signature.trim()}>
            {t('firmware.bring')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

/** A file's bytes as base64, without the address form's head. */
function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(file);
  });
}
