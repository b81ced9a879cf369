// Loads the test's own proto file.
'use strict';

const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

exports.load = (protos) => {
  const definition = loader.loadSync('interop.proto', { includeDirs: [protos], keepCase: true, defaults: true });
  return grpc.loadPackageDefinition(definition).grpc.testing;
};
