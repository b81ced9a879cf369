// The interoperability service by grpc-js. Prints its port, and ends with its standard input.
'use strict';

const grpc = require('@grpc/grpc-js');
const { load } = require('./interop.js');

const echoInitial = 'x-grpc-test-echo-initial';
const echoTrailing = 'x-grpc-test-echo-trailing-bin';

function begin(call) {
  const initial = call.metadata.get(echoInitial);
  if (initial.length > 0) {
    const headers = new grpc.Metadata();
    headers.set(echoInitial, initial[0]);
    call.sendMetadata(headers);
  }
  const trailing = call.metadata.get(echoTrailing);
  const trailers = new grpc.Metadata();
  trailing.forEach((value) => trailers.add(echoTrailing, value));
  return trailers;
}

const asked = (status, metadata) => ({ code: status.code, details: status.message, metadata });
const payload = (size) => ({ body: Buffer.alloc(size) });

function respond(call, request) {
  request.response_parameters.forEach((parameters) => call.write({ payload: payload(parameters.size) }));
}

// UnimplementedCall is left out on purpose.
const service = {
  EmptyCall(call, done) {
    done(null, {}, begin(call));
  },

  UnaryCall(call, done) {
    const trailers = begin(call);
    const status = call.request.response_status;
    if (status && status.code !== 0) {
      done(asked(status, trailers));
    } else {
      done(null, { payload: payload(call.request.response_size) }, trailers);
    }
  },

  StreamingOutputCall(call) {
    const trailers = begin(call);
    respond(call, call.request);
    call.end(trailers);
  },

  StreamingInputCall(call, done) {
    const trailers = begin(call);
    let size = 0;
    call.on('data', (request) => { size += request.payload.body.length; });
    call.on('error', () => {});
    call.on('end', () => done(null, { aggregated_payload_size: size }, trailers));
  },

  FullDuplexCall(call) {
    const trailers = begin(call);
    call.on('data', (request) => {
      const status = request.response_status;
      if (status && status.code !== 0) {
        call.emit('error', asked(status, trailers));
      } else {
        respond(call, request);
      }
    });
    call.on('error', () => {});
    call.on('end', () => call.end(trailers));
  },
};

const server = new grpc.Server();
server.addService(load(process.argv[2]).TestService.service, service);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
