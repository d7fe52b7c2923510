// An asynchronous generator, which this SDK reduces to one output.
'use strict';

exports.main = async weave => {
  const tick = weave.op(async function* tick(n) {
    for (let i = 0; i < n; i++) {
      yield `tick ${i}`;
    }
  }, {streamReducer: {
    initialStateFn: () => [],
    reduceFn: (state, chunk) => [...state, chunk],
    finalizeFn: () => {},
  }});
  for await (const word of await tick(3)) {
    void word;
  }
};
