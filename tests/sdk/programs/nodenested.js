// A tree of calls and many branches at a time.
'use strict';

exports.main = async weave => {
  // The inner function has no name of its own, so that it calls the op and not itself.
  const tree = weave.op(async (depth, branch) => {
    if (depth === 0) {
      return branch;
    }
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      sum += await tree(depth - 1, branch * 3 + i);
    }
    return sum;
  }, {name: 'tree'});
  const leaf = weave.op(async function leaf(n) { return n + 1; });
  const fan = weave.op(async function fan(count) {
    return Promise.all(Array.from({length: count}, (_, n) => leaf(n)));
  });
  await tree(2, 0);
  await Promise.all([fan(3), fan(20)]);
};
