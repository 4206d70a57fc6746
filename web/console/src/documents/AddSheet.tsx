/** Adds a paper (上传资料): its kind, its file dropped or chosen, and how far it has gone up. */

import { useEffect, useId, useRef, useState } from 'react';
import { useChange } from '../admin/use-change';
import { errorText, useText } from '../i18n';
import { number } from '../ui/format';
import { Button, Field, Pick, Sheet } from '../ui/kit';
import { bringPaper, ENDINGS, FILE_BYTES, KINDS } from './api';
import { size } from './size';

export function AddSheet({ vehicle, onClose, onDone }: { vehicle: string; onClose: () => void; onDone: (name: string) => void }) {
  const t = useText();
  const change = useChange();
  const [kind, setKind] = useState<string | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [share, setShare] = useState<number | null>(null);
  const under = useRef(new AbortController());
  useEffect(() => {
    const mine = (under.current = new AbortController());
    return () => mine.abort();
  }, []);
  const isTooLarge = file !== null && file.size > FILE_BYTES;
  const take = (next: File | undefined) => {
    if (!next) return;
    setFile(next);
    setName(next.name);
  };
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (change.busy || !file || !kind || isTooLarge) return;
    setShare(0);
    const made = await change.run(() => bringPaper(vehicle, file, { kind, name }, setShare, under.current.signal));
    setShare(null);
    if (made) onDone(made.name);
  }
  return (
    <Sheet title={t('documents.add')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Pick label={t('documents.kind')} placeholder={t('documents.choose_kind')} choices={KINDS.map((id) => ({ id, text: t(`documents.kind_${id}`) }))} value={kind} onChange={setKind} error={change.field('kind')} />
        <FileField file={file} onFile={take} isBusy={change.busy} error={isTooLarge ? errorText('document.too_large') : change.field('file')} />
        <Field label={t('documents.name')} value={name} onChange={setName} error={change.field('name')} autoComplete="off" />
        <div role="status">
          {share !== null && (
            <label className="paper-progress">
              <span>{t(share < 1 ? 'documents.sending' : 'documents.checking', { n: number(share * 100) })}</span>
              <progress max={1} value={share} />
            </label>
          )}
        </div>
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          {/* Not disabled while it goes up: a button that is loses the focus, and with it the keyboard. */}
          <Button look="primary" type="submit" isDisabled={!file || !kind || isTooLarge}>
            {t('documents.upload')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

interface FileProps {
  file: File | null;
  onFile: (file: File | undefined) => void;
  isBusy: boolean;
  error?: string;
}

function FileField({ file, onFile, isBusy, error }: FileProps) {
  const t = useText();
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const note = useId();
  return (
    <div className="field" data-invalid={error ? true : undefined}>
      <span>{t('documents.file')}</span>
      <div
        className={over ? 'paper-drop paper-drop-over' : 'paper-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          if (!isBusy) onFile(event.dataTransfer.files[0]);
        }}
      >
        <button type="button" className="link" disabled={isBusy} aria-describedby={note} onClick={() => input.current?.click()}>
          {file ? file.name : t('documents.drop')}
        </button>
        {file && <span className="num muted">{size(file.size)}</span>}
        <input ref={input} type="file" className="visually-hidden" tabIndex={-1} aria-label={t('documents.file')} accept={ENDINGS} onChange={(event) => onFile(event.target.files?.[0])} />
      </div>
      <span id={note} className={error ? 'field-error' : 'field-help'} role={error ? 'alert' : undefined}>
        {error ?? t('documents.accepted')}
      </span>
    </div>
  );
}
