import { expect, it } from 'vitest';
import { motionOf } from '../src/fleet/live-view';

it('the motion never contradicts the status, as both are of one instant', () => {
  expect(motionOf('running', 48, true)).toBe('moving');
  // An electric car that drives may tell no ignition.
  expect(motionOf('running', 48, false)).toBe('moving');
  expect(motionOf('still', 0, true)).toBe('idling');
  expect(motionOf('still', 0, false)).toBe('parked');
  expect(motionOf('faulty', 30, true)).toBe('moving');
  expect(motionOf('faulty', null, false)).toBe('parked');
});

it('of a car that is not heard nobody knows the motion', () => {
  expect(motionOf('offline', 48, true)).toBe('unknown');
});
