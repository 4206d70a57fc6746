/** Vertical lines (条线): trades with their own order of units, beside the territorial tree. */

import { useState } from 'react';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { Button, Field, Sheet } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { addLine, type Member, putIntoLine, takeOut, useForget, useLines, useMembers } from './api';
import { type Chosen, UnitPick } from './UnitPick';

/** The members with their depth, each behind the one above it. */
export function inOrder(members: Member[]): { member: Member; depth: number }[] {
  const there = new Set(members.map((member) => member.unit_id));
  const below = group(members, there);
  const out: { member: Member; depth: number }[] = [];
  const walk = (above: string, depth: number) => {
    for (const member of below.get(above) ?? []) {
      out.push({ member, depth });
      walk(member.unit_id, depth + 1);
    }
  };
  walk('', 0);
  return out;
}

function group(members: Member[], there: Set<string>): Map<string, Member[]> {
  const below = new Map<string, Member[]>();
  for (const member of members) {
    const above = member.parent_id && there.has(member.parent_id) ? member.parent_id : '';
    below.set(above, [...(below.get(above) ?? []), member]);
  }
  return below;
}

export default function Lines({ mayManage }: { mayManage: boolean }) {
  const t = useText();
  const lines = useLines();
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const items = lines.data?.items ?? [];
  const line = items.find((one) => one.id === chosen) ?? items[0] ?? null;
  return (
    <section className="table-card lines" aria-label={t('units.tab_lines')}>
      <div className="table-tools">
        <div className="pills" role="group" aria-label={t('units.tab_lines')}>
          {items.map((one) => (
            <button key={one.id} type="button" className="pill" aria-pressed={line?.id === one.id} onClick={() => setChosen(one.id)}>
              {one.name} <span className="num">{one.units}</span>
            </button>
          ))}
        </div>
        {mayManage && (
          <Button icon="plus" onPress={() => setAdding(true)}>
            {t('lines.add')}
          </Button>
        )}
      </div>
      {lines.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : lines.isError ? (
        <Failed error={lines.error} retry={() => void lines.refetch()} />
      ) : line === null ? (
        <Empty title={t('lines.none')}>
          <p className="muted">{t('lines.none_help')}</p>
        </Empty>
      ) : (
        <Members key={line.id} line={line.id} mayManage={mayManage} />
      )}
      {adding && <AddLine onClose={() => setAdding(false)} onMade={setChosen} />}
    </section>
  );
}

function Members({ line, mayManage }: { line: string; mayManage: boolean }) {
  const t = useText();
  const members = useMembers(line);
  const change = useChange();
  const forget = useForget();
  const [putting, setPutting] = useState(false);
  const rows = inOrder(members.data?.items ?? []);
  const take = async (unit: string) => {
    const done = await change.run(() => takeOut(line, unit).then(() => true));
    if (done) forget();
  };
  if (members.isPending) return <Skeleton rows={4} kind="row" />;
  if (members.isError) return <Failed error={members.error} retry={() => void members.refetch()} />;
  return (
    <div className="line-body">
      <div role="alert">{(change.error || change.field('unit_id')) && <p className="notice notice-bad">{change.error || change.field('unit_id')}</p>}</div>
      {rows.length === 0 && <Empty title={t('lines.empty')} />}
      <ul className="line-units">
        {rows.map(({ member, depth }) => (
          <li key={member.unit_id} style={{ paddingInlineStart: 8 + depth * 22 }}>
            <span>{member.name}</span>
            <span className="muted">{t(`units.level_${member.level}`)}</span>
            {mayManage && (
              <Button look="quiet" isDisabled={change.busy} onPress={() => void take(member.unit_id)}>
                {t('lines.take')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayManage && (
        <Button icon="plus" onPress={() => setPutting(true)}>
          {t('lines.put')}
        </Button>
      )}
      {putting && <PutUnit line={line} members={rows.map(({ member }) => member)} onClose={() => setPutting(false)} />}
    </div>
  );
}

function AddLine({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const t = useText();
  const change = useChange();
  const forget = useForget();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    const made = await change.run((key) => addLine({ code, name }, key));
    if (made === null) return;
    forget();
    onMade(made.id);
    onClose();
  }
  return (
    <Sheet title={t('lines.add')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <Field label={t('lines.name')} autoFocus value={name} onChange={setName} error={change.field('name')} autoComplete="off" />
        <Field label={t('lines.code')} help={t('lines.code_help')} mono value={code} onChange={setCode} error={change.field('code')} autoComplete="off" />
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !code.trim() || !name.trim()}>
            {t('lines.add')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}

function PutUnit({ line, members, onClose }: { line: string; members: Member[]; onClose: () => void }) {
  const t = useText();
  const change = useChange();
  const forget = useForget();
  const [unit, setUnit] = useState<Chosen | null>(null);
  const [above, setAbove] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    if (!unit) return;
    const done = await change.run(() => putIntoLine(line, unit.id, above || null).then(() => true));
    if (!done) return;
    forget();
    onClose();
  }
  return (
    <Sheet title={t('lines.put')} isOpen onClose={onClose}>
      <form className="form" onSubmit={submit} noValidate>
        <UnitPick label={t('units.name')} value={unit} onChange={setUnit} />
        <label className="field">
          <span>{t('lines.above')}</span>
          <select className="input pick" value={above} onChange={(event) => setAbove(event.target.value)}>
            <option value="">{t('lines.at_top')}</option>
            {members.map((member) => (
              <option key={member.unit_id} value={member.unit_id}>
                {member.name}
              </option>
            ))}
          </select>
          {change.field('parent_id') && <span className="field-error">{change.field('parent_id')}</span>}
        </label>
        <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={change.busy || !unit}>
            {t('lines.put')}
          </Button>
        </footer>
      </form>
    </Sheet>
  );
}
