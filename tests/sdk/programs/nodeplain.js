// Functions, plain and asynchronous; every op of this SDK returns a promise.
'use strict';

const VALUES = [0, -1.5, true, null, '', 'żółć \u2028 \u{1F9F5} \\ "', [], {}, [[1, [2]]], {z: 1, a: {b: [null]}}];

exports.main = async weave => {
  const echo = weave.op(function echo(value) { return value; });
  const later = weave.op(async function later(n) {
    await new Promise(resolve => setTimeout(resolve, n));
    return n * n;
  }, {callDisplayName: n => `later ${n}`});
  const renamed = weave.op((a, b) => a + b, {name: 'renamed', parameterNames: ['a', 'b']});
  for (const value of VALUES) {
    await echo(value);
  }
  await later(3);
  await renamed(1, 2);
  await weave.withAttributes({stage: 'test'}, () => echo('with attributes'));
};
