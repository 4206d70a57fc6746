/** What is asked of a terminal (指令): a form for each kind, and what became of everything asked. */

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { remove } from '../api/client';
import { useChange } from '../admin/use-change';
import { useText } from '../i18n';
import { dateTime, NONE } from '../ui/format';
import { Button, Field, Pick } from '../ui/kit';
import { Empty, Failed, Skeleton } from '../ui/states';
import { askCommand, type Command, type TerminalDetail, useCommands } from './api';
import { ArgsForm } from './ArgsForm';
import { CommandMark } from './marks';

/** How long a command may wait, in seconds. */
const WAITS = ['300', '3600', '86400', '604800'];

export function Commands({ detail }: { detail: TerminalDetail }) {
  return (
    <>
      {detail.state !== 'disabled' && detail.commands.length > 0 && <AskForm key={detail.id} detail={detail} />}
      <Asked detail={detail} />
    </>
  );
}

function AskForm({ detail }: { detail: TerminalDetail }) {
  const t = useText();
  const change = useChange();
  const queries = useQueryClient();
  const [kind, setKind] = useState(detail.commands[0]!);
  const [args, setArgs] = useState<Record<string, unknown>>({});
  const [reason, setReason] = useState('');
  const [wait, setWait] = useState('86400');
  const [said, setSaid] = useState('');
  async function submit(event: React.FormEvent) {
    event.preventDefault();
    setSaid('');
    const made = await change.run((key) => askCommand(detail.id, { kind, args, reason, expires_in_s: Number(wait) }, key));
    if (made === null) return;
    setSaid(t(detail.online ? 'command.asked_online' : 'command.asked_away'));
    setArgs({});
    setReason('');
    void queries.invalidateQueries({ queryKey: ['commands', detail.id] });
    void queries.invalidateQueries({ queryKey: ['terminal', detail.id] });
  }
  return (
    <form className="form ask" onSubmit={submit} noValidate>
      <div className="form form-two">
        <Pick
          label={t('command.kind')}
          choices={detail.commands.map((id) => ({ id, text: t(`command.${id}`) }))}
          value={kind}
          onChange={(next) => {
            setKind(next);
            setArgs({});
            setSaid('');
          }}
        />
        <Pick label={t('command.wait')} choices={WAITS.map((id) => ({ id, text: t(`command.wait_${id}`) }))} value={wait} onChange={setWait} />
      </div>
      <ArgsForm kind={kind} args={args} onChange={setArgs} error={change.field} />
      {(kind === 'factory_reset' || kind === 'restart') && <p className="notice">{t(`command.${kind}_text`)}</p>}
      <Field label={t('terminal.reason')} value={reason} onChange={setReason} error={change.field('reason')} autoComplete="off" />
      <div role="alert">{change.error && <p className="notice notice-bad">{change.error}</p>}</div>
      <div className="ask-foot">
        <span role="status" className="muted">
          {said || (!detail.online && t('command.away'))}
        </span>
        <Button look="primary" type="submit" isDisabled={change.busy}>
          {t('command.send')}
        </Button>
      </div>
    </form>
  );
}

function Asked({ detail }: { detail: TerminalDetail }) {
  const t = useText();
  const commands = useCommands(detail.id);
  const items = commands.data?.items ?? [];
  return (
    <>
      <h3 className="drawer-title">{t('command.history')}</h3>
      {commands.isPending ? (
        <Skeleton rows={4} kind="row" />
      ) : commands.isError && !commands.data ? (
        <Failed error={commands.error} retry={() => void commands.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('command.none')} />
      ) : (
        <ol className="commands">
          {items.map((command) => (
            <CommandRow key={command.id} command={command} />
          ))}
        </ol>
      )}
    </>
  );
}

function CommandRow({ command }: { command: Command }) {
  const t = useText();
  const queries = useQueryClient();
  const change = useChange();
  async function cancel() {
    await change.run(() => remove(`/commands/${encodeURIComponent(command.id)}`).then(() => true));
    void queries.invalidateQueries({ queryKey: ['commands', command.terminal_id] });
  }
  const asked = summary(command);
  return (
    <li className="command">
      <div className="command-head">
        <strong>{t(`command.${command.kind}`, { defaultValue: command.kind })}</strong>
        <CommandMark state={command.state} />
        {command.cancellable && (
          <Button look="quiet" onPress={() => void cancel()} isDisabled={change.busy} aria-label={`${t('command.cancel')} ${t(`command.${command.kind}`, { defaultValue: command.kind })}`}>
            {t('command.cancel')}
          </Button>
        )}
      </div>
      {asked && <p className="command-args">{asked}</p>}
      <p className="muted">
        {command.by} · {command.reason} · <span className="num">{dateTime(command.asked_at)}</span>
      </p>
      <p className="muted">
        {command.state === 'queued'
          ? t('command.until', { at: dateTime(command.expires_at) })
          : [command.sent_at && t('command.sent_at', { at: dateTime(command.sent_at) }), command.answered_at && t('command.answered_at', { at: dateTime(command.answered_at) })].filter(Boolean).join(' · ')}
        {command.result && command.result !== 'ok' && <span className="command-result"> {t(`result.${command.result}`, { defaultValue: command.result })}</span>}
      </p>
      {change.error && <p className="notice notice-bad">{change.error}</p>}
      {command.answer && <Answer answer={command.answer} />}
    </li>
  );
}

/** What was asked, in one line. */
function summary(command: Command): string {
  const { args } = command;
  if (typeof args.text === 'string') return args.text;
  if (args.values && typeof args.values === 'object') return Object.entries(args.values).map(([name, value]) => `${name} = ${String(value)}`).join('  ');
  return Object.entries(args)
    .filter(([, value]) => typeof value !== 'boolean' && (!Array.isArray(value) || value.length > 0))
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join('  ');
}

/** What the terminal answered, by name; nested answers one level deep. */
function Answer({ answer }: { answer: Record<string, unknown> }) {
  const t = useText();
  const rows: [string, string][] = [];
  for (const [name, value] of Object.entries(answer)) {
    if (value && typeof value === 'object' && !Array.isArray(value)) {
      for (const [inner, one] of Object.entries(value)) if (one !== null && typeof one !== 'object') rows.push([inner, String(one)]);
    } else if (value !== null) {
      rows.push([name, Array.isArray(value) ? value.join(' ') || NONE : String(value)]);
    }
  }
  if (rows.length === 0) return null;
  return (
    <details className="answer">
      <summary>{t('command.answer', { n: rows.length })}</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt className="mono">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
