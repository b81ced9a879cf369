// Asks 127.0.0.1:PORT as Envoy does, by grpc-js and Envoy's own protos (of @grpc/grpc-js-xds); a line "ok CASE" or "failed CASE: reason" for each.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [modules, port] = process.argv.slice(2);
const deps = path.join(modules, '@grpc', 'grpc-js-xds', 'deps');
const types = grpc.loadPackageDefinition(loader.loadSync('envoy/service/ratelimit/v3/rls.proto', {
  includeDirs: ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'].map((name) => path.join(deps, name)),
  keepCase: true, enums: String, longs: Number, defaults: false,
}));
const client = new types.envoy.service.ratelimit.v3.RateLimitService(`127.0.0.1:${port}`, grpc.credentials.createInsecure());

const descriptor = (...entries) => ({ entries: entries.map(([key, value]) => ({ key, value })) });

function ask(descriptors, more = {}) {
  return new Promise((resolve, reject) => {
    client.ShouldRateLimit({ domain: 'web', descriptors, ...more }, { deadline: Date.now() + 30000 }, (error, answer) => { error ? reject(error) : resolve(answer); });
  });
}

// The verdicts of so many equal requests.
async function codes(times, descriptors, more) {
  const seen = [];
  for (let i = 0; i < times; i++) {
    seen.push((await ask(descriptors, more)).overall_code);
  }
  return seen;
}

async function fails(code, descriptors, more) {
  const error = await ask(descriptors, more).then(() => assert.fail('The call succeeded.'), (failure) => failure);
  assert.equal(error.code, code, error.details);
}

const ok = (times) => Array(times).fill('OK');

const cases = {
  async exact_rule_allows_its_number_and_tells_the_limit() {
    const login = [descriptor(['path', '/login'])];
    const first = await ask(login);
    assert.deepEqual(first.statuses[0].current_limit, { name: 'login', requests_per_unit: 3, unit: 'DAY' });
    assert.equal(first.statuses[0].limit_remaining, 2);
    assert.deepEqual(await codes(3, login), [...ok(2), 'OVER_LIMIT']);
    const { statuses } = await ask(login);
    assert.equal(statuses[0].code, 'OVER_LIMIT');
    assert.equal(statuses[0].limit_remaining ?? 0, 0);
    assert.ok(statuses[0].duration_until_reset.seconds > 28000 && statuses[0].duration_until_reset.seconds <= 28800);   // a third of a day
  },

  async rule_without_value_counts_each_value_apart() {
    assert.deepEqual(await codes(2, [descriptor(['path', '/a'])]), ['OK', 'OVER_LIMIT']);
    assert.deepEqual(await codes(2, [descriptor(['path', '/b'])]), ['OK', 'OVER_LIMIT']);
  },

  async wildcard_with_shared_threshold_counts_together() {
    assert.deepEqual([...await codes(1, [descriptor(['path', '/img/1'])]), ...await codes(2, [descriptor(['path', '/img/2'])])], ['OK', 'OK', 'OVER_LIMIT']);
  },

  async statuses_keep_length_and_order() {
    const { overall_code, statuses } = await ask([descriptor(['nothing', 'x']), descriptor(['free', 'x']), descriptor(['nothing', 'y'])]);
    assert.equal(overall_code, 'OK');
    assert.deepEqual(statuses.map((status) => [status.code, status.current_limit ?? null, status.limit_remaining ?? 0]),
      [['OK', null, 0], ['OK', null, 4294967295], ['OK', null, 0]]);
  },

  async zero_requests_block_always() { assert.deepEqual(await codes(2, [descriptor(['blocked', 'x'])]), ['OVER_LIMIT', 'OVER_LIMIT']); },

  async shadow_rule_never_denies() { assert.deepEqual(await codes(3, [descriptor(['watched', 'x'])]), ok(3)); },

  async quota_rules_deny_only_all_together() {
    assert.deepEqual(await codes(3, [descriptor(['quota', 'a']), descriptor(['quota', 'b'])]), ['OK', 'OK', 'OVER_LIMIT']);
  },

  async keys_and_values_are_case_sensitive() { assert.deepEqual(await codes(3, [descriptor(['WHOLE', 'x'])], { hits_addend: 9 }), ok(3)); },

  async limit_counts_only_at_the_depth_of_the_last_entry() {
    const { statuses } = await ask([descriptor(['outer', 'x']), descriptor(['outer', 'x'], ['inner', 'y']), descriptor(['outer', 'x'], ['inner', 'y'], ['more', 'z'])]);
    assert.deepEqual(statuses.map((status) => status.current_limit?.requests_per_unit ?? 0), [0, 4, 0]);
    assert.equal(statuses[1].current_limit.unit, 7);   // WEEK, which these protos do not know yet
  },

  async metadata_of_a_rule_comes_back() {
    const answer = await ask([descriptor(['outer', 'm'], ['inner', 'y'])]);
    assert.equal(answer.dynamic_metadata.fields.team.stringValue, 'blue');
  },

  async hits_of_the_request_are_denied_as_a_whole() {
    const whole = [descriptor(['whole', 'h'])];
    assert.deepEqual(await codes(2, whole, { hits_addend: 6 }), ['OK', 'OVER_LIMIT']);
    assert.equal((await ask(whole, { hits_addend: 0 })).statuses[0].limit_remaining, 3);   // 0 means 1; the 6 denied took nothing
  },

  async denied_request_takes_nothing_anywhere() {
    const both = [descriptor(['whole', 'n']), descriptor(['half', 'n'])];
    assert.deepEqual(await codes(3, both, { hits_addend: 3 }), ['OK', 'OVER_LIMIT', 'OVER_LIMIT']);
    assert.equal((await ask([descriptor(['whole', 'n'])])).statuses[0].limit_remaining, 6);
  },

  async limit_of_the_request_replaces_the_configured() {
    const own = [{ ...descriptor(['path', '/own']), limit: { requests_per_unit: 2, unit: 'HOUR' } }];
    assert.deepEqual((await ask(own)).statuses[0].current_limit, { requests_per_unit: 2, unit: 'HOUR' });
    assert.deepEqual(await codes(2, own), ['OK', 'OVER_LIMIT']);
  },

  async replaced_rule_is_not_checked() {
    assert.deepEqual(await codes(3, [descriptor(['broad', 'x']), descriptor(['narrow', 'x'])]), ok(3));
    assert.deepEqual(await codes(2, [descriptor(['broad', 'x'])]), ['OK', 'OVER_LIMIT']);
  },

  async unknown_domain_is_allowed_without_a_limit() {
    const answer = await ask([descriptor(['path', '/login'])], { domain: 'nobody-knows-it' });
    assert.equal(answer.overall_code, 'OK');
    assert.equal(answer.statuses[0].current_limit ?? null, null);
  },

  async bad_requests_are_invalid_arguments() {
    await fails(grpc.status.INVALID_ARGUMENT, [descriptor(['path', 'x'])], { domain: '' });
    await fails(grpc.status.INVALID_ARGUMENT, []);
    await fails(grpc.status.INVALID_ARGUMENT, [{ entries: [] }]);
    await fails(grpc.status.INVALID_ARGUMENT, [descriptor(['', 'x'])]);
    await fails(grpc.status.INVALID_ARGUMENT, [{ ...descriptor(['path', 'x']), limit: { requests_per_unit: 1, unit: 'UNKNOWN' } }]);
  },

  async crowd_at_once_gets_exactly_the_number() {
    const seen = await Promise.all(Array.from({ length: 200 }, () => ask([descriptor(['crowd', 'x'])])));
    assert.equal(seen.filter((answer) => answer.overall_code === 'OK').length, 50);
  },
};

(async () => {
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`failed ${name}: ${String(error.stack ?? error).replaceAll('\n', ' | ')}`);
    }
  }
  process.exit(0);
})();
