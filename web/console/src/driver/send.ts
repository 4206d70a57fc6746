/** How a record of the outbox becomes a question to the service. */

import { ApiError, Away, post, upload } from '../api/client';
import { judge, type Attempt, type Record } from './outbox';

export async function send(record: Record): Promise<Attempt> {
  try {
    return { is: 'done', answer: await ask(record) };
  } catch (error) {
    if (error instanceof ApiError) return judge(error.status, error.problem);
    if (error instanceof Away) return { is: 'later', why: 'away' };
    throw error;
  }
}

function ask(record: Record): Promise<unknown> {
  const path = `/dispatch-orders/${encodeURIComponent(record.order)}`;
  const named = { ...record.body, key: record.key, at: record.at };
  switch (record.kind) {
    case 'action':
      return post(`${path}/actions`, named);
    case 'check':
      return post(`${path}/checks`, named);
    case 'accident':
      return post(`${path}/accidents`, named);
    case 'picture':
      return sendPicture(`${path}/accident-photographs`, record);
    case 'sos':
      return post(`${path}/sos`, named);
    case 'positions':
      return post(`${path}/positions`, record.body);
    case 'expense':
      return sendExpense(`${path}/expenses`, record);
  }
}

/** A picture of an accident, behind its report: the service knows both by their keys. */
async function sendPicture(path: string, record: Record): Promise<unknown> {
  const { report } = record.body as { report: string };
  return record.photo && upload(path, record.photo, { report, key: record.key });
}

/**
 * A cost, then its photo. Cut off in between, both are sent again: the cost is known by its key, and the same photo again changes
 * nothing.
 */
async function sendExpense(path: string, record: Record): Promise<unknown> {
  const kept = await post<{ id: string }>(path, { ...record.body, occurred_at: record.at }, record.key);
  if (record.photo) await upload(`/expenses/${encodeURIComponent(kept.id)}/receipt`, record.photo);
  return kept;
}
