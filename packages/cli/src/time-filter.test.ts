import { parseFrom, parseTo } from './time-filter';

const now = new Date(2026, 10, 30, 14, 30);
const local = (...parts: [number, number, number, number?]) => new Date(...parts).getTime();

it.each([
  ['2026-11-05', local(2026, 10, 5), local(2026, 10, 6)],
  ['today', local(2026, 10, 30), local(2026, 11, 1)],
  ['yesterday', local(2026, 10, 29), local(2026, 10, 30)],
  ['7d', now.getTime() - 7 * 86_400_000, now.getTime() - 7 * 86_400_000],
  ['24h', now.getTime() - 86_400_000, now.getTime() - 86_400_000],
  ['now', now.getTime(), now.getTime()],
  ['2026-11-05T10:00', local(2026, 10, 5, 10), local(2026, 10, 5, 10)],
  ['2026-11-05 10:00', local(2026, 10, 5, 10), local(2026, 10, 5, 10)],
  ['2026-11-05T10:00:00Z', Date.UTC(2026, 10, 5, 10), Date.UTC(2026, 10, 5, 10)],
])('%s is a moment to begin with; as an end a day is meant as a whole', (text, from, to) => {
  expect([parseFrom(text, now), parseTo(text, now)]).toEqual([from, to]);
});

it.each(['', 'soon', '2026-02-31', '2026-13-01', '2026-11-05T25:00', '-1d', '7w'])(
  '%j says what would be right',
  (text) => {
    expect(() => parseFrom(text, now)).toThrow('yesterday, 7d');
  },
);
