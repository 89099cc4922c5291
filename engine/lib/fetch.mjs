// Fetches the library that package engine loads, once: `make engine` calls it.
//
// npm does the work (`npm ci`: the pinned version, checked against the hash in
// package-lock.json). npm itself says nothing during a download of this size, so
// this script says what is fetched and watches the folder grow.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, lstatSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// What the package has, roughly; for the progress line only.
const PACKED_MB = 178
const UNPACKED_MB = 569

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const stamp = join(modules, '.fetched')
const lockText = readFileSync(join(here, 'package-lock.json'), 'utf8')
const want = createHash('sha256').update(lockText).digest('hex')

const suffix = process.platform === 'linux' ? '-gnu' : ''
const name = `@chdb/lib-${process.platform}-${process.arch}${suffix}`
const entry = JSON.parse(lockText).packages[`node_modules/${name}`]
const files = ['libchdb.so', 'libchdb.dylib'].map((file) => join(modules, name, file))
const present = () => files.some((file) => existsSync(file))

main()

async function main() {
  if (!entry) {
    fail(`no library is pinned for ${process.platform} on ${process.arch} yet.\n` +
      `If you have one (libchdb, release 26.7), set engine.library in lernspur.yaml to its path,\n` +
      `or use a ClickHouse server: LERNSPUR_CLICKHOUSE_DSN=clickhouse://…`)
  }
  if (present() && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === want) return
  console.log(`Fetching the engine: ${name} ${entry.version} ` +
    `(ClickHouse as a library, about ${PACKED_MB} MB to download, ${UNPACKED_MB} MB on disk)`)
  const started = Date.now()
  const code = await npm()
  if (code !== 0) fail(`npm ci ended with ${code}; run \`make engine\` again when the cause is gone`)
  // npm passes over an optional package in silence, whatever the cause.
  if (!present()) {
    fail(`npm has left out ${name}: the download failed, or did not match its hash, or this system\n` +
      `has no glibc. \`npm ci --loglevel=verbose\` in ${here} says which`)
  }
  writeFileSync(stamp, want + '\n')
  console.log(`The engine is there, checked against its hash, after ${seconds(started)} s`)
}

function npm() {
  const started = Date.now()
  const child = spawn('npm', ['ci', '--loglevel=error'], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  const every = process.stdout.isTTY ? 500 : 5000
  const timer = setInterval(() => report(started), every)
  return new Promise((resolve) => {
    const done = (code) => {
      clearInterval(timer)
      if (process.stdout.isTTY) process.stdout.write('\n')
      resolve(code)
    }
    child.on('error', (err) => {
      console.error(`npm cannot be started: ${err.message}`)
      done(127)
    })
    child.on('close', done)
  })
}

function report(started) {
  const mb = Math.round(bytes(modules) / 1e6)
  const percent = Math.min(99, Math.floor((100 * mb) / UNPACKED_MB))
  const line = `  ${String(percent).padStart(2)} %  ${mb} of about ${UNPACKED_MB} MB unpacked, ${seconds(started)} s`
  process.stdout.write(process.stdout.isTTY ? `\r${line} ` : `${line}\n`)
}

// bytes adds up a folder that npm is changing at the same moment.
function bytes(path) {
  try {
    const info = lstatSync(path)
    if (!info.isDirectory()) return info.size
    return readdirSync(path).reduce((sum, file) => sum + bytes(join(path, file)), 0)
  } catch {
    return 0
  }
}

function seconds(since) {
  return Math.round((Date.now() - since) / 1000)
}

function fail(text) {
  console.error(`make engine: ${text}`)
  process.exit(1)
}
