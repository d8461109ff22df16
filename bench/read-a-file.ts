/** The floor of every restart: a program that reads the file given as its argument and says the time. */
import fs from 'node:fs';

fs.readFileSync(process.argv[2] ?? '');
fs.writeSync(1, `read ${Date.now()}\n`);
