// Runs programs, in one process, under one init: launch.js PROJECT PROGRAM…
'use strict';

const weave = require('weave');

async function main() {
  const [project, ...names] = process.argv.slice(2);
  const client = await weave.init(project);
  for (const name of names) {
    await require(`./${name}.js`).main(weave);
  }
  await client.waitForBatchProcessing();
}

main().catch(error => {
  console.error(error);
  process.exit(3);
});
