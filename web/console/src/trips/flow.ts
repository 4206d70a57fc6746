/** An approval flow while it is being drawn (审批流程): steps are added, moved and removed; every change is a new flow. */

import type { Flow, FlowCondition, FlowStep, Signer } from './types';

/** Most steps of a flow; features.md D02. */
export const MOST_STEPS = 5;
/** Longest name of a flow or a step, in characters. */
export const LONGEST = 40;
export const SIGNERS: Signer[] = ['own_leader', 'superior_leader', 'fleet_leader'];

export interface FlowForm {
  unit_id: string;
  name: string;
  rank: number;
  when: FlowCondition;
  steps: FlowStep[];
}

export function newFlow(unit: string, step: string): FlowForm {
  return { unit_id: unit, name: '', rank: 50, when: { categories: [], at_least_m: null, at_least_fen: null, on_holiday: null }, steps: [newStep(step)] };
}

/** As it is, to be changed: flows that hold are retired, never rewritten. */
export function copyOf(flow: Flow): FlowForm {
  return { unit_id: flow.unit_id, name: flow.name, rank: flow.rank, when: { ...flow.when, categories: [...flow.when.categories] }, steps: flow.steps.map((step) => ({ ...step })) };
}

export function newStep(name: string): FlowStep {
  return { name, signer: 'own_leader', escalate_after_minutes: null };
}

export function moved<T>(steps: readonly T[], from: number, to: number): T[] {
  const next = [...steps];
  if (to < 0 || to >= next.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** What is wrong, as the names of the fields; the service says the same and more. */
export function wrong(form: FlowForm): string[] {
  const named = (name: string) => name.trim() !== '' && [...name.trim()].length <= LONGEST;
  const found: string[] = [];
  if (!named(form.name)) found.push('name');
  if (form.steps.length < 1 || form.steps.length > MOST_STEPS) found.push('steps');
  form.steps.forEach((step, index) => {
    if (!named(step.name)) found.push(`steps.${index}.name`);
    const minutes = step.escalate_after_minutes;
    if (minutes !== null && !(Number.isInteger(minutes) && minutes >= 1 && minutes <= 43_200)) found.push(`steps.${index}.escalate`);
  });
  return found;
}
