import { expect, it } from 'vitest';
import { completions, type Names, readBar } from './bar';

const unit = (call_sign: string) => ({ id: `id-${call_sign}`, call_sign });
const NAMES: Names = {
  units: [unit('鹿城12'), unit('鹿城121'), unit('南门3'), unit('Harbour 1')],
  sent: [unit('南门3')],
  incidents: ['20261122-0007', '20261122-0017', '20261122-0008'],
  kinds: [
    { code: 'dispute', name: '纠纷' },
    { code: 'traffic', name: '道路交通' },
    { code: 'report_complaint', name: '举报投诉' },
  ],
  chosen: true,
};
const check = (line: string, meaning: object, names: Partial<Names> = {}) =>
  expect(readBar(line, { ...NAMES, ...names }), line).toEqual(meaning);

it('an empty line means nothing', () => check('  ', { tag: 'nothing' }));
it('a whole name is found before a part of another', () =>
  check('a 鹿城12', { tag: 'assign', units: [unit('鹿城12')] }));
it('a part that only one has is enough', () => check('w 南门', { tag: 'why', units: [unit('南门3')] }));
it('a part that two have is not', () => check('a 鹿城', { tag: 'unclear', why: 'no-name', word: '鹿城' }));
it('several units go in one order', () =>
  check('a 南门3 鹿城121', { tag: 'assign', units: [unit('南门3'), unit('鹿城121')] }));
it('full-width letters count', () => {
  check('ａ 南门３', { tag: 'assign', units: [unit('南门3')] });
  check('！２', { tag: 'prioritise', priority: 2 });
  check('／纠纷', { tag: 'classify', kind: 'dispute' });
});
it('only who was sent is called back', () => {
  check('r 南门3', { tag: 'recall', units: [unit('南门3')] });
  check('r 鹿城12', { tag: 'unclear', why: 'no-name', word: '鹿城12' });
});
it('a new incident takes its words, how urgent it is, and its kind', () =>
  check('n 南门桥下 打架 !1 /纠纷', { tag: 'new', text: '南门桥下 打架', priority: 1, kind: 'dispute' }));
it('a new incident may say nothing', () => check('n', { tag: 'new', text: '', priority: null, kind: null }));
it('goes to an incident by the end of its number, or to a unit', () => {
  check('g 0008', { tag: 'go', incident: '20261122-0008' });
  check('g 7', { tag: 'find', text: '7' });
  check('g 人民医院', { tag: 'find', text: '人民医院' });
  check('g 南门3', { tag: 'go-unit', unit: unit('南门3') });
});
it('without an incident there is nothing to order for', () => {
  for (const line of ['a 南门3', '!1', 'm hello', '/纠纷'])
    expect(readBar(line, { ...NAMES, chosen: false }), line).toMatchObject({ why: 'no-incident' });
  check('n x', { tag: 'new', text: 'x', priority: null, kind: null }, { chosen: false });
});
it('what begins with no command is a place to look for', () => {
  check('oujdq', { tag: 'find', text: 'oujdq' });
  check('人民路 12号', { tag: 'find', text: '人民路 12号' });
  check('瓯江大桥', { tag: 'find', text: '瓯江大桥' }, { chosen: false });
});
it('a note keeps its words as they were typed', () => check('m 到达！', { tag: 'note', text: '到达！' }));

it('ends a name, those first that begin so', () => {
  expect(completions('a 城12', NAMES)).toEqual(['a 鹿城12', 'a 鹿城121']);
  expect(completions('a har', NAMES)).toEqual(['a Harbour 1']);
  expect(completions('r ', NAMES)).toEqual(['r 南门3']);
  expect(completions('n x /', NAMES)).toEqual(['n x /纠纷', 'n x /道路交通', 'n x /举报投诉']);
  expect(completions('', NAMES)).toEqual([]);
});
