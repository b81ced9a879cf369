// Runs the interoperability cases by grpc-js against 127.0.0.1:PORT; a line "ok CASE" or "failed CASE: reason" for each.
'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const grpc = require('@grpc/grpc-js');
const { load } = require('./interop.js');

const [protos, port, ...names] = process.argv.slice(2);
const types = load(protos);
const address = `127.0.0.1:${port}`;
const client = new types.TestService(address, grpc.credentials.createInsecure());
const gzipClient = new types.TestService(address, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 });

const requestSizes = [27182, 8, 1828, 45904];
const responseSizes = [31415, 9, 2653, 58979];
const zeros = (size) => ({ body: Buffer.alloc(size) });
const large = () => ({ response_size: 314159, payload: zeros(271828) });
const responses = (sizes, extra = {}) => ({ response_parameters: sizes.map((size) => ({ size, ...extra })) });

// Gives the response with the headers and the final status; rejects with the status otherwise.
function unary(method, request, metadata = new grpc.Metadata(), on = client) {
  return new Promise((resolve, reject) => {
    let headers;
    let response;
    const call = on[method](request, metadata, (error, value) => { error ? reject(error) : (response = value); });
    call.on('metadata', (value) => { headers = value; });
    call.on('status', (status) => { if (status.code === 0) { setImmediate(() => resolve({ response, headers, status })); } });
  });
}

// Not events.once: that rejects at the error which comes with a bad status.
const statusOf = (call) => new Promise((resolve) => { call.once('status', resolve); });

async function read(call) {
  const sizes = [];
  const status = statusOf(call);
  for await (const response of call) {
    sizes.push(response.payload.body.length);
  }
  return { sizes, status: await status };
}

async function fails(code, action) {
  const error = await action().then(() => assert.fail('The call succeeded.'), (failure) => failure);
  assert.equal(error.code, code, `code ${error.code}: ${error.details ?? error.message}`);
  return error;
}

function streamInput(sizes, on = client, metadata = new grpc.Metadata(), requests = {}) {
  return new Promise((resolve, reject) => {
    const call = on.StreamingInputCall(metadata, (error, value) => { error ? reject(error) : resolve(value.aggregated_payload_size); });
    sizes.forEach((size) => call.write({ payload: zeros(size), ...requests }));
    call.end();
  });
}

async function failsAsAsked(message) {
  const status = { code: 2, message };
  assert.equal((await fails(2, () => unary('UnaryCall', { response_status: status }))).details, message);
  const call = client.FullDuplexCall();
  call.write({ response_status: status });
  call.end();
  assert.equal((await fails(2, () => read(call))).details, message);
}

const cases = {
  async empty_unary() { assert.deepEqual((await unary('EmptyCall', {})).response, {}); },

  async large_unary() { assert.equal((await unary('UnaryCall', large())).response.payload.body.length, 314159); },

  async client_streaming() { assert.equal(await streamInput(requestSizes), 74922); },

  async server_streaming() {
    assert.deepEqual((await read(client.StreamingOutputCall(responses(responseSizes)))).sizes, responseSizes);
  },

  async ping_pong() {
    const call = client.FullDuplexCall();
    const status = statusOf(call);
    for (let i = 0; i < requestSizes.length; i++) {
      call.write({ ...responses([responseSizes[i]]), payload: zeros(requestSizes[i]) });
      const [response] = await once(call, 'data');
      assert.equal(response.payload.body.length, responseSizes[i]);
    }
    call.end();
    assert.equal((await status).code, 0);
  },

  async empty_stream() {
    const call = client.FullDuplexCall();
    call.end();
    assert.deepEqual(await read(call).then(({ sizes, status }) => [sizes, status.code]), [[], 0]);
  },

  async client_compressed_unary() {
    const request = { ...large(), expect_compressed: { value: true } };
    await fails(3, () => unary('UnaryCall', request));
    assert.equal((await unary('UnaryCall', request, undefined, gzipClient)).response.payload.body.length, 314159);
  },

  async client_compressed_streaming() {
    assert.equal(await streamInput([27182, 45904], gzipClient, undefined, { expect_compressed: { value: true } }), 73086);
  },

  async server_compressed_unary() {
    for (const value of [true, false]) {
      const { response } = await unary('UnaryCall', { ...large(), response_compressed: { value } });
      assert.equal(response.payload.body.length, 314159);
    }
  },

  async server_compressed_streaming() {
    for (const value of [true, false]) {
      const { sizes } = await read(client.StreamingOutputCall(responses([31415, 92653], { compressed: { value } })));
      assert.deepEqual(sizes, [31415, 92653]);
    }
  },

  async cancel_after_begin() {
    await fails(1, () => new Promise((resolve, reject) => {
      const call = client.StreamingInputCall((error, value) => { error ? reject(error) : resolve(value); });
      setImmediate(() => call.cancel());
    }));
  },

  async cancel_after_first_response() {
    const call = client.FullDuplexCall();
    call.write({ ...responses([31415]), payload: zeros(27182) });
    await once(call, 'data');
    const status = statusOf(call);
    call.on('error', () => {});
    call.cancel();
    assert.equal((await status).code, 1);
  },

  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall(new grpc.Metadata(), { deadline: Date.now() + 1 });
    call.write({ payload: zeros(27182) });
    await fails(4, () => read(call));
  },

  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]));
    const { headers, status } = await unary('UnaryCall', large(), metadata);
    assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
    assert.deepEqual(status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);

    const call = client.FullDuplexCall(metadata);
    const duplexHeaders = once(call, 'metadata');
    call.write({ ...responses([314159]), payload: zeros(271828) });
    call.end();
    const duplex = await read(call);
    assert.deepEqual((await duplexHeaders)[0].get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
    assert.deepEqual(duplex.status.metadata.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
  },

  async status_code_and_message() { await failsAsAsked('test status message'); },

  async special_status_message() {
    await failsAsAsked('\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1f608}\t\n');
  },

  async unimplemented_method() { await fails(12, () => unary('UnimplementedCall', {})); },

  async unimplemented_service() {
    const other = new types.UnimplementedService(address, grpc.credentials.createInsecure());
    await fails(12, () => unary('UnimplementedCall', {}, undefined, other));
    other.close();
  },

  async concurrent_large_unary() { await Promise.all(Array.from({ length: 100 }, () => cases.large_unary())); },
};

function withTimeout(promise) {
  let timer;
  const timeout = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('no end within 30 s')), 30000); });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}

let current;
const report = (error) => console.log(`failed ${current}: ${String(error.stack ?? error).replaceAll('\n', ' | ')}`);

// Thrown outside of any call, as for data that cannot be decompressed: nothing after it can be trusted.
process.on('uncaughtException', (error) => {
  report(error);
  process.exit(1);
});

(async () => {
  for (const name of names) {
    current = name;
    try {
      await withTimeout(cases[name]());
      console.log(`ok ${name}`);
    } catch (error) {
      report(error);
    }
  }
  process.exit(0);
})();
