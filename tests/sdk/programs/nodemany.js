// Many calls at a time.
'use strict';

exports.main = async weave => {
  const double = weave.op(function double(x) { return x * 2; });
  for (let start = 0; start < 1000; start += 100) {
    await Promise.all(Array.from({length: 100}, (_, i) => double(start + i)));
  }
};
