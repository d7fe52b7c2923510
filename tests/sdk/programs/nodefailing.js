// Failures: at the root, and in a child whose parent survives.
'use strict';

exports.main = async weave => {
  const fail = weave.op(function fail(kind) { throw new TypeError(`${kind} żółć`); });
  const survive = weave.op(async function survive(kind) {
    try {
      await fail(kind);
    } catch (error) {
      return error.constructor.name;
    }
    return 'none';
  });
  await fail('root').catch(() => {});
  await survive('child');
};
